import { setTimeout as wait } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import { leaseMs } from "../node.ts";
import type { World } from "../world.ts";

const edge = { edge: true, calls: 2 };

/** What goes wrong with clients, two of which stand at the edge; 1006 is what they break themselves. */
export const clientFaults: readonly Fault[] = [
  {
    name: "client-half-open",
    does: "clients whose connections pass nothing any more, without a FIN, for 0.7 leases",
    options: edge,
    closes: [1006],
    inject: async (world) => {
      world.edge?.silence(() => true);
      await wait(leaseMs * 0.7);
      breakEdge(world);
    },
  },
  {
    name: "client-silent",
    does: "clients that answer no ping",
    options: edge,
    closes: [1006, 4408],
    inject: async (world) => {
      for (const client of world.edgeClients) client.answersPings = false;
      breakEdge(world);
      await wait(leaseMs * 0.7);
      for (const client of world.edgeClients) client.answersPings = true;
      breakEdge(world);
    },
  },
  {
    name: "client-not-reading",
    does: "clients that read nothing for 0.7 leases",
    options: edge,
    closes: [1006, 4408],
    mustClose: [4408],
    inject: async (world) => {
      const sockets = world.edgeClients.map(({ socket }) => socket);
      for (const socket of sockets) socket?.pause();
      await wait(leaseMs * 0.7);
      for (const socket of sockets) socket?.resume();
    },
  },
  {
    name: "client-too-slow",
    does: "clients that read nothing while their peer posts more than what may wait for them",
    options: edge,
    closes: [1006, 4408, 4410, 4411],
    mustClose: [4411],
    // What waits is more than a log holds.
    losesData: true,
    inject: async ({ edge: way, near }) => {
      if (near === undefined) throw new Error("nobody is there to write to them");
      const { everyMs } = near;
      way?.standStill();
      Object.assign(near, { everyMs: 0, padBytes: 60_000 });
      await wait(1500);
      Object.assign(near, { everyMs, padBytes: 0 });
      way?.goOn();
      await wait(leaseMs / 2);
    },
  },
];

/** The clients at the edge give their websockets up, and come back by new connections. */
function breakEdge(world: World): void {
  for (const { socket } of world.edgeClients) socket?.terminate();
}
