import { setTimeout as wait } from "node:timers/promises";
import type { AttachContext } from "./attach-context.ts";

/**
 * Closes all websockets with 1012, spread evenly over `overMs` so that their clients don't all come
 * to the next process at once, and waits until they have ended. Seats that end with this process
 * have nothing to store first.
 */
export async function drainSockets(context: AttachContext, overMs: number): Promise<void> {
  const sockets = [...context.sockets];
  const ended = Promise.all(
    sockets.map((socket) => new Promise<void>((resolve) => void socket.once("close", resolve))),
  );
  const patience = new AbortController();
  const { signal } = patience;
  // Nobody waits for the turn of a websocket that has ended by itself.
  void ended.then(() => patience.abort());
  const started = context.now();
  for (const [index, socket] of sockets.entries()) {
    const early = started + (index * overMs) / sockets.length - context.now();
    if (early >= 1) await wait(early, undefined, { signal }).catch(() => {});
    socket.drive({ type: "drain", lasting: context.backend.outlivesProcess, now: context.now() });
  }
  await wait(lastMs, undefined, { signal }).catch(() => {});
  for (const socket of context.sockets) socket.terminate();
  await ended;
}

/** How long the last ones may take to pong, to store what they have, and to answer our close. */
const lastMs = 5000;
