import { setTimeout as wait } from "node:timers/promises";
import type { RunOptions } from "../run-options.ts";
import { judged, type Outcome, wordsOf } from "../under-load.ts";
import { World } from "../world.ts";

/** Servers that start before their Redis: each refuses, and serves once it is there. */
export async function measureRedisAbsent({ times, say }: RunOptions): Promise<Outcome> {
  const row = "redis-absent";
  const samples: number[] = [];
  const figures = [];
  const words: string[] = [];
  for (let round = 0; round < times; round += 1) {
    const world = await World.start({ redisRuns: false, calls: 2 });
    try {
      await wait(500);
      await world.redis.start();
      samples.push(await world.untilServing());
      await world.begin();
      await wait(1000);
      const verdict = await world.judge();
      const moved = world.talkers.filter(({ sessions }) => sessions > 1).length;
      const away = world.talkers.length - world.attached;
      // A round that broke something shows beside the last one.
      const judgedNow = judged({ name: row, does: "", closes: [] }, verdict, away, moved);
      if (round === times - 1 || words.length > 0) figures.push(...judgedNow);
      words.push(...wordsOf(verdict));
    } finally {
      await world.end();
    }
    say(`${row} ${round + 1}/${times}`);
  }
  return {
    figures: [{ row, name: "Redis there → all serving", unit: "ms", samples, most: 2000 }, ...figures],
    words,
  };
}
