import { setTimeout as wait } from "node:timers/promises";
import type { PresenceContext } from "../../calls/presence/driver.ts";

/**
 * Closes all websockets with 1012, spread evenly over `overMs` so that their clients do not all connect to the next
 * process at the same time, and waits until they have ended. Seats that end with this process have nothing to store.
 */
export async function drainSockets(context: PresenceContext, overMs: number): Promise<void> {
  const drivers = [...context.drivers];
  const patience = new AbortController();
  const { signal } = patience;
  // The wait for the turn of websockets that have ended by themselves is cut short.
  const ended = Promise.all(drivers.map((driver) => driver.whenEnded())).then(() => patience.abort());
  const started = context.now();
  for (const [index, driver] of drivers.entries()) {
    const early = started + (index * overMs) / drivers.length - context.now();
    if (early >= 1) await wait(early, undefined, { signal }).catch(() => {});
    driver.drain(context.backend.outlivesProcess);
  }
  await wait(lastMs, undefined, { signal }).catch(() => {});
  for (const driver of context.drivers) driver.terminate();
  await ended;
}

/** How long the last websockets may take to send a pong, to store their cursors, and to respond to the close. */
const lastMs = 5000;
