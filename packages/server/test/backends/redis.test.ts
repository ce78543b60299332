import { after, before } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { Backend } from "../../src/calls/ports/backend.ts";
import { openRedisBackend } from "../../src/backends/redis/redis-backend.ts";
import { redisOptions, RedisServer } from "../../../../lab/wire/redis.ts";
import { backendContract } from "./contract.ts";

let redis: RedisServer;
before(async () => {
  redis = await RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
});
after(() => redis.remove());

/** Waits until Redis's own clock is so much further. */
async function pass(ms: number): Promise<void> {
  const now = async (): Promise<number> => {
    const [seconds, micros] = await redis.command<[string, string]>("TIME");
    return Number(seconds) * 1000 + Number(micros) / 1000;
  };
  const until = (await now()) + ms;
  for (let left = ms; left > 0; left = until - (await now())) await wait(left);
}

async function reachable(backend: Backend): Promise<void> {
  while (!(await backend.reachable())) await wait(10);
}

backendContract("redis", async (t) => {
  await redis.command("FLUSHALL");
  const backend = await openRedisBackend(redisOptions(redis));
  t.after(() => backend.close());
  return {
    backend,
    leaseMs: 1000,
    pass,
    empty: async () => void (await redis.command("FLUSHALL")),
    restart: async () => {
      await redis.stop();
      await redis.start();
      await reachable(backend);
    },
    size: async () => redis.command<number>("DBSIZE"),
  };
});
