import { setTimeout as wait } from "node:timers/promises";
import type { Fault } from "../fault.ts";
import type { RunOptions } from "../run-options.ts";
import { areSkewed, skewedClocks } from "../skewed-clocks.ts";
import { judged, type Outcome, strikeOnce, wordsOf } from "../under-load.ts";
import { World } from "../world.ts";

/**
 * Faults one after the other at random, from a seed, without waiting for all to come back; 36 s for each of `times`. Two of
 * the three servers have skewed clocks, and strangers try to join all the time.
 */
export async function runMix(faults: readonly Fault[], { times, seed, say }: RunOptions): Promise<Outcome> {
  const random = randomFrom(seed);
  // A world has one Redis, or one that fails over.
  const usable = faults.filter(({ options }) => options?.sentinels !== true);
  const world = await World.start({
    redisArgs: ["--appendonly", "yes", "--appendfsync", "always"],
    edge: true,
    calls: 3,
    strangers: true,
    envs: skewedClocks,
  });
  try {
    await areSkewed(world.nodes);
    const leaseEnd = performance.now() + times * 36_000;
    while (performance.now() < leaseEnd) {
      const fault = usable[Math.floor(random() * usable.length)];
      if (fault === undefined) break;
      say(`mix: ${fault.does}`);
      await strikeOnce(fault, world, () => {});
      await wait(random() * 1500);
    }
    await areSkewed(world.nodes);
    const verdict = await world.judge();
    const closes = [...new Set(usable.flatMap((fault) => fault.closes))];
    const away = world.talkers.length - world.attached;
    const row = { name: "mix", does: "", closes, losesData: true, losesSeats: true };
    const moved = world.talkers.filter(({ sessions }) => sessions > 1).length;
    return { figures: judged(row, verdict, away, moved), words: wordsOf(verdict) };
  } finally {
    await world.end();
  }
}

/** Mulberry32: the same numbers from 0 to 1 for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
