/** What a call costs in Redis's memory: `npm run bench:redis-memory`. Prints bytes per call, for docs/operations.md. */
import { arch, cpus } from "node:os";
import { openRedisBackend } from "../../packages/server/src/backends/redis/redis-backend.ts";
import type { Backend } from "../../packages/server/src/calls/ports/backend.ts";
import { redisOptions, RedisServer } from "../wire/redis.ts";

const calls = 1000;
const limits = { seatCount: 2, leaseMs: 600_000, logEntries: 256, logBytes: 262_144 };

const redis = await RedisServer.start();
const backend = await openRedisBackend(redisOptions(redis));

process.stdout.write(
  `${cpus()[0]?.model ?? "unknown"}, ${arch()}, Node ${process.version}, ${calls} calls each\n`,
);
await measure("two seats, joined and attached, nothing said", async (call) => void (await seat(call)));
await measure("set up: offer and answer of 4 KB, 40 candidates of 200 B", async (call) => {
  const [one, two] = await seat(call);
  await say(call, one, "OFFER", 4096, 1);
  await say(call, two, "ANSWER", 4096, 1);
  await say(call, one, "CANDIDATE", 200, 20);
  await say(call, two, "CANDIDATE", 200, 20);
});
await measure("a full log: 256 KiB in signals of 4 KB", async (call) => {
  const [one] = await seat(call);
  await say(call, one, "OFFER", 4096, 80);
});
await backend.close();
await redis.remove();

async function measure(title: string, make: (call: string) => Promise<void>): Promise<void> {
  await redis.command("FLUSHALL");
  const before = await usedBytes();
  for (let call = 0; call < calls; call += 1) await make(`call ${call}`);
  const each = ((await usedBytes()) - before) / calls;
  process.stdout.write(`${title}: ${(each / 1024).toFixed(1)} KiB per call\n`);
}

async function usedBytes(): Promise<number> {
  const info = await redis.command<string>("INFO", "memory");
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}

async function seat(call: string): Promise<[string, string]> {
  const sessions: [string, string] = [`${call} one`.padEnd(27, "-"), `${call} two`.padEnd(27, "-")];
  for (const session of sessions) await backend.join(call, session, new Uint8Array(), limits);
  for (const session of sessions) await backend.attach(call, session, 0, limits);
  return sessions;
}

async function say(
  call: string,
  session: string,
  kind: Parameters<Backend["publish"]>[2],
  bytes: number,
  times: number,
): Promise<void> {
  const body = Buffer.from(JSON.stringify("x".repeat(bytes - 2)));
  for (let i = 0; i < times; i += 1) await backend.publish(call, session, kind, body, limits);
}
