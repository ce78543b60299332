import { setTimeout as wait } from "node:timers/promises";
import type { Verdict } from "./check.ts";
import type { Fault, Note } from "./fault.ts";
import type { Figure } from "./figures.ts";
import { World } from "./world.ts";

/** What a row gives: its figures, and what was broken in words. */
export interface Outcome {
  readonly figures: readonly Figure[];
  readonly words: readonly string[];
}

/** Strikes so many times while clients talk, lets all come back each time, and judges the whole. */
export async function runUnderLoad(
  fault: Fault,
  times: number,
  say: (line: string) => void,
): Promise<Outcome> {
  const noted = new Map<string, Figure & { samples: number[] }>();
  const world = await World.start(fault.options);
  let away = 0;
  try {
    for (let round = 0; round < times; round += 1) {
      await wait(500);
      await strikeOnce(fault, world, (name, value, most, unit = "") => {
        const figure = noted.get(name) ?? { row: fault.name, name, unit, samples: [] };
        figure.samples.push(value);
        noted.set(name, most === undefined ? figure : { ...figure, most });
      });
      await world.untilAttached();
      await wait(500);
      say(`${fault.name} ${round + 1}/${times}: ${world.attached} of ${world.talkers.length} attached`);
    }
    const verdict = await world.judge();
    away = world.talkers.length - world.attached;
    const moved = world.talkers.filter(({ sessions }) => sessions > 1).length;
    return {
      figures: [...noted.values(), ...judged(fault, verdict, away, moved)],
      words: wordsOf(verdict),
    };
  } finally {
    await world.end();
  }
}

/**
 * Strikes once.
 * @throws Error when it takes far longer than any: what it waits for does not come.
 */
export async function strikeOnce(fault: Fault, world: World, note: Note): Promise<void> {
  const over = new AbortController();
  const patience = wait(strikeMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`${fault.name} was not over after ${strikeMs} ms`);
  });
  try {
    await Promise.race([fault.inject(world, note), patience]);
  } finally {
    over.abort();
    await patience.catch(() => {});
  }
}

const strikeMs = 60_000;

/** The figures that every fault is held to. */
export function judged(
  fault: Omit<Fault, "inject">,
  verdict: Verdict,
  away: number,
  moved: number,
): Figure[] {
  const {
    name: row,
    closes,
    mustClose = [],
    losesData = false,
    losesSeats = false,
    divides = false,
    refuses = false,
  } = fault;
  const none = (name: string, count: number): Figure => ({ row, name, unit: "", samples: [count], most: 0 });
  const told = (name: string, count: number): Figure => ({ row, name, unit: "", samples: [count] });
  const { lost, twice, disordered, foreign } = verdict;
  const all = [...verdict.closes];
  const refused = refuses ? verdict.refused : 0;
  const other = all
    .filter(([code]) => !closes.includes(code))
    .reduce((sum, [, count]) => sum + count, -refused);
  return [
    told("signals answered 200", verdict.acknowledged),
    none(
      "lost, twice, out of order, foreign",
      lost.length + twice.length + disordered.length + foreign.length,
    ),
    losesData ? told("gaps told", verdict.gaps) : none("gaps told", verdict.gaps),
    ...(losesData ? [told("signals that gaps explain", verdict.toldLost)] : []),
    ...(divides ? [told("signals lost or late between two masters, told", verdict.divided)] : []),
    told("heard again by seed clients", verdict.again),
    none("more live sessions than seats", verdict.overfull.length),
    none("clients not attached at the end", away),
    losesSeats ? told("clients whose session changed", moved) : none("clients whose session changed", moved),
    ...closes.flatMap((code) => {
      const [name, count] = [`closes ${code}`, verdict.closes.get(code) ?? 0];
      if (mustClose.includes(code)) return [{ ...told(name, count), least: 1 }];
      return count === 0 ? [] : [told(name, count)];
    }),
    ...(refuses ? [told("handshakes closed 1013", refused)] : []),
    none(`closes other than ${closes.join(", ") || "none"}`, other),
  ];
}

export function wordsOf(verdict: Verdict): string[] {
  const { lost, twice, disordered, foreign, overfull } = verdict;
  const closes = [...verdict.closes].map(([code, count]) => `${count} closes ${code}`).join(", ");
  return [lost, twice, disordered, foreign, overfull]
    .flatMap((list) => list.slice(0, 5))
    .concat(closes === "" ? [] : [closes]);
}
