import type { RedisClient } from "./client.ts";

/** What this service needs to know of a Redis. */
export interface RedisServer {
  readonly runId: string;
  readonly policy: string;
  /** Whether it deletes keys when memory is short. */
  readonly evicts: boolean;
}

/** Redis is older than this service can use: script flags and PEXPIRE with GT came with 7.0. */
export class TooOldError extends Error {
  override readonly name = "TooOldError";
}

/** Reads what a Redis is. @throws TooOldError when it is older than 7.0. */
export async function readServer(client: RedisClient): Promise<RedisServer> {
  const info = (await client.sendCommand<Buffer>(["INFO", "server", "memory"])).toString();
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\r?$`, "m").exec(info)?.[1] ?? "";
  const version = field("redis_version");
  if (Number.parseInt(version, 10) < 7)
    throw new TooOldError(`redis ${version} is too old: use 7.0 or newer`);
  const policy = field("maxmemory_policy");
  return { runId: field("run_id"), policy, evicts: policy !== "" && policy !== "noeviction" };
}
