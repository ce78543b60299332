import { setTimeout as wait } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { leaseMs, type Node } from "../node.ts";
import { areSkewed, skewedClocks } from "../skewed-clocks.ts";
import type { World } from "../world.ts";

/** What goes wrong with the servers; 1006 is a connection that ended without a close. */
export const serverFaults: readonly Fault[] = [
  {
    name: "server-sigterm",
    does: "one server is told to stop, and another one takes its place",
    options: { strangers: true, everyMs: 100 },
    closes: [1012],
    inject: (world) => replace(world, nextIn(world)),
  },
  {
    name: "rolling-restart",
    does: "all servers, one after the other, under load",
    options: { strangers: true, everyMs: 100 },
    closes: [1012],
    inject: async (world) => {
      for (const index of world.nodes.keys()) await replace(world, index);
    },
  },
  {
    name: "server-sigkill",
    does: "one server dies, and comes back half a lease later",
    options: { strangers: true },
    closes: [1006],
    inject: async (world) => {
      const node = nodeAt(world, nextIn(world));
      await node.server.end("SIGKILL");
      await wait(leaseMs / 2);
      await node.replace();
      world.serveAll();
    },
  },
  {
    name: "server-stopped-half",
    does: "one server stands still for half a lease",
    options: { strangers: true },
    closes: [],
    inject: (world) => standStill(world, leaseMs / 2),
  },
  {
    name: "server-stopped-long",
    does: "one server stands still for one and a half leases: the seats it held are gone",
    options: { strangers: true },
    // 1005 is the SDK's own, when a 409 has told it before the close.
    closes: [4408, 4409, 1013, 1005],
    losesSeats: true,
    inject: (world) => standStill(world, leaseMs * 1.5),
  },
  {
    name: "skewed-clocks",
    does: "two servers whose clocks are an hour behind and an hour ahead; connections are killed meanwhile",
    options: { strangers: true, servers: 2, envs: skewedClocks },
    closes: [],
    inject: async ({ redis, nodes }) => {
      await areSkewed(nodes);
      await wait(leaseMs * 0.8);
      await redis.command("CLIENT", "KILL", "TYPE", "pubsub");
      await wait(leaseMs * 0.4);
    },
  },
];

/** Drains one server and starts another, as an orchestrator does: what drains gets no new work. */
async function replace(world: World, index: number): Promise<void> {
  const node = nodeAt(world, index);
  const { server } = node;
  world.serveAll(node);
  const code = await server.end("SIGTERM");
  if (code !== 0) throw new Error(`a server told to stop ended with ${code}`);
  await node.replace();
  world.serveAll();
  await wait(leaseMs / 10);
}

async function standStill(world: World, forMs: number): Promise<void> {
  const node = nodeAt(world, 0);
  // What checks its health sends it no new work.
  world.serveAll(node);
  node.server.pause();
  await wait(forMs);
  node.server.resume();
  world.serveAll();
  await wait(leaseMs / 2);
}

/** The next server in turn: one that was just started has no clients yet. */
function nextIn(world: World): number {
  world.injections += 1;
  return world.injections % world.nodes.length;
}

function nodeAt(world: World, index: number): Node {
  const node = world.nodes[index];
  if (node === undefined) throw new Error("there is no such server");
  return node;
}
