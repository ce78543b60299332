import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../wire/free-port.ts";
import type { Fault, Note } from "../fault.ts";
import { latenessOf } from "../lateness.ts";
import { leaseMs, probeMs } from "../node.ts";
import type { World } from "../world.ts";

const persistent = { redisArgs: ["--appendonly", "yes", "--appendfsync", "always"] };

/** What goes wrong with Redis, or on the way to it. */
export const redisFaults: readonly Fault[] = [
  {
    name: "redis-empty",
    does: "Redis is killed and comes back empty",
    closes: [4410],
    losesData: true,
    inject: async (world, note) => {
      const since = performance.now();
      await restart(world, note, {
        // Not by FLUSHALL before it: a Redis that is empty and yet the same one ends the sessions that post.
        away: () => world.redis.forget(),
        back: () => world.history.add({ event: "emptied", since }),
      });
    },
  },
  {
    name: "redis-aof",
    does: "Redis is killed and comes back with its data",
    options: persistent,
    closes: [4410],
    losesData: true,
    inject: (world, note) => restart(world, note),
  },
  {
    name: "redis-loading",
    does: "Redis is killed and takes a while to load its data",
    options: {
      redisArgs: [
        ...persistent.redisArgs,
        "--key-load-delay",
        "100",
        "--loading-process-events-interval-bytes",
        "1024",
      ],
    },
    closes: [4410],
    losesData: true,
    inject: (world, note) => restart(world, note),
  },
  {
    name: "redis-paused",
    does: "Redis stands still for a third of a lease",
    options: { strangers: true },
    closes: [],
    inject: async (world, note) => {
      world.redis.pause();
      await wait(leaseMs / 3);
      world.redis.resume();
      note("goes on → all serving", await world.untilServing(), 2000, "ms");
    },
  },
  {
    name: "redis-full",
    does: "Redis is out of memory for half a lease",
    options: { strangers: true },
    closes: [],
    inject: async ({ redis }) => {
      await redis.command("CONFIG", "SET", "maxmemory", "1");
      await wait(leaseMs / 2);
      await redis.command("CONFIG", "SET", "maxmemory", "0");
    },
  },
  {
    name: "redis-read-only",
    does: "Redis is a replica of nobody for a third of a lease",
    options: { strangers: true },
    closes: [],
    inject: async (world, note) => {
      await world.redis.command("REPLICAOF", "127.0.0.1", String(await freePort()));
      await wait(leaseMs / 3);
      await world.redis.command("REPLICAOF", "NO", "ONE");
      note("takes writes → all serving", await world.untilServing(), 2000, "ms");
    },
  },
  {
    name: "scripts-flushed",
    does: "SCRIPT FLUSH every 100 ms for half a lease",
    options: { strangers: true },
    closes: [],
    inject: async ({ redis }) => {
      for (let i = 0; i < leaseMs / 200; i += 1) {
        await redis.command("SCRIPT", "FLUSH");
        await wait(100);
      }
    },
  },
  {
    name: "subscribers-killed",
    does: "CLIENT KILL of all connections that hear",
    options: { strangers: true },
    closes: [],
    inject: async (world, note) => {
      const from = performance.now();
      await world.redis.command("CLIENT", "KILL", "TYPE", "pubsub");
      note("reset → delivery", await late(world, from, 2000), 500, "ms");
    },
  },
  {
    name: "commands-killed",
    does: "CLIENT KILL of all connections that ask",
    options: { strangers: true },
    closes: [],
    inject: async (world, note) => {
      const from = performance.now();
      await world.redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      note("reset → all serving", await world.untilServing(), 2000, "ms");
      await late(world, from, 1000);
    },
  },
  {
    name: "subscriber-silent",
    does: "one server's connection that hears is silently dead: nothing passes, no FIN",
    options: { strangers: true },
    closes: [],
    inject: async (world, note) => {
      const from = performance.now();
      const cut = world.nodes[0]?.proxy?.silence(
        (said) => said.includes("subscribe") && !said.includes("evalsha"),
      );
      // Those of the strikes before are still there, as dead as they were.
      if (cut === undefined || cut < 1) throw new Error("no connection hears");
      note("silently dead → delivery", await late(world, from, 3 * probeMs), 2 * probeMs, "ms");
    },
  },
];

/** Kills Redis for a tenth of a lease and starts it again. */
async function restart(
  world: World,
  note: Note,
  { away, back }: { away?: () => Promise<void>; back?: () => void } = {},
): Promise<void> {
  await world.redis.stop("SIGKILL");
  await away?.();
  await wait(leaseMs / 10);
  await world.redis.start();
  back?.();
  note("Redis back → all serving", await world.untilServing(), 2000, "ms");
  // The 4410s are spread over two seconds; whoever has no websocket when Redis loses its data has lost its seat.
  await wait(3000);
}

/** The worst delivery of what was answered within a while from now. */
async function late({ history }: World, from: number, forMs: number): Promise<number> {
  await wait(forMs);
  return latenessOf(history.entries, from, from + forMs);
}
