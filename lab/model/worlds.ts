import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "@redis/client";
import { testableMemoryBackend } from "../../packages/server/src/testing.ts";
import { openRedisBackend } from "../../packages/server/src/backends/redis/redis-backend.ts";
import { redisOptions, RedisServer } from "../wire/redis.ts";
import { nastyNames } from "./names.ts";
import { Ear, type World } from "./scene.ts";

/** A world with its ear, to be closed. */
export interface OpenWorld {
  readonly world: World;
  readonly ear: Ear;
  readonly close: () => Promise<void>;
}

/** The memory backend, whose clock is handed in. */
export async function openMemory(): Promise<OpenWorld> {
  let now = 1_700_000_000_000;
  const backend = testableMemoryBackend(() => now);
  const ear = await Ear.open(backend, nastyNames);
  const world: World = {
    kind: "memory",
    processes: [backend],
    leases: [20, 7, 1000],
    clock: async () => now,
    pass: async (ms) => void (now += ms),
    empty: async () => backend.empty(),
    restart: async () => backend.restart(),
  };
  const close = async (): Promise<void> => {
    await ear.close();
    await backend.close();
  };
  return { world, ear, close };
}

/** A real Redis and two processes on it; its leases are real, and short. */
export async function openRedis(): Promise<OpenWorld> {
  const redis = await RedisServer.start();
  const options = redisOptions(redis);
  const processes = [await openRedisBackend(options), await openRedisBackend(options)] as const;
  const client = createClient({ socket: { host: "127.0.0.1", port: redis.port } });
  await client.connect();
  const ear = await Ear.open(processes[0], nastyNames);
  const world: World = {
    kind: "redis",
    processes,
    leases: [20, 7, 1000],
    clock: async () => {
      const [seconds, micros] = await client.sendCommand<[string, string]>(["TIME"]);
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    },
    pass: async (ms) => wait(ms),
    empty: async () => void (await client.sendCommand(["FLUSHALL"])),
    restart: async () => {
      // As data stand that another run has written: a restart of the server itself is the contract's.
      const keys = await client.sendCommand<string[]>(["KEYS", "*:s"]);
      // Not one that ended meanwhile, which this would bring back without its TTL.
      await Promise.all(keys.map((key) => client.sendCommand(["EVAL", anotherRun, "1", key])));
    },
  };
  const close = async (): Promise<void> => {
    await ear.close();
    await Promise.all(processes.map(async (backend) => backend.close()));
    client.destroy();
    await redis.remove();
  };
  return { world, ear, close };
}

const anotherRun =
  "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'r', 'another') end";
