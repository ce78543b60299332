import type { Backend } from "../../calls/ports/backend.ts";
import type { Reporter } from "../../calls/ports/telemetry.ts";
import { Keys } from "./keys.ts";
import { RedisOperations } from "./operations.ts";
import { findRefusal, RedisRefusedError } from "./refusal.ts";
import { openTopology, type TopologySettings } from "./topology/open-topology.ts";

export interface RedisOptions extends TopologySettings {
  /** What every key and channel begins with. */
  readonly prefix: string;
  readonly report: Reporter;
}

/**
 * Opens the Redis backend. Resolves when it is ready, or when the first attempt to connect has failed and later ones
 * may succeed: it keeps trying.
 * @throws RedisRefusedError when Redis responds and cannot serve (older than 7.0, or a wrong password), or when no
 * Sentinel names a master.
 */
export async function openRedisBackend(options: RedisOptions): Promise<Backend> {
  const { prefix, database, probeMs, report, username, password } = options;
  if (username !== undefined && !password) {
    // Redis would treat the connection as its default user's, without an error.
    throw new RedisRefusedError(
      `redis's user ${username} has no password here: give one, by --redis-password`,
    );
  }
  const topology = openTopology(options, {
    keys: new Keys(prefix, database),
    probeMs,
    report,
    onUp: () => void operations.releaseAll(),
  });
  const operations = new RedisOperations(topology);
  for (const node of topology.nodes) {
    await node.firstAttempt;
    const refusal = findRefusal(node.failure);
    if (refusal === undefined) continue;
    await operations.close();
    throw refusal;
  }
  return operations;
}
