import { parseArgs } from "node:util";

/** How much is done, and with which seed. */
export interface Options {
  readonly seed: number;
  readonly streams: number;
  readonly requests: number;
  readonly guesses: number;
  /** The number of the first case, to try one again. */
  readonly first: number;
  /** Which parts are run. */
  readonly parts: readonly string[];
  /** A module to load into the server of the mutants first, to see that a fault is caught. */
  readonly plant: string | undefined;
}

export const parts = ["mutants", "attacks", "guesses", "descriptors"] as const;

/** Reads the command line. Without a seed one is made up, and printed, so that any run can be had again. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
      streams: { type: "string", default: "100000" },
      requests: { type: "string", default: "50000" },
      guesses: { type: "string", default: "1000000" },
      first: { type: "string", default: "0" },
      parts: { type: "string", default: parts.join(",") },
      plant: { type: "string" },
    },
  });
  const numbers = Object.fromEntries(
    (["seed", "streams", "requests", "guesses", "first"] as const).map((name) => [
      name,
      wholeNumber(name, values[name]),
    ]),
  );
  const { seed = 0, streams = 0, requests = 0, guesses = 0, first = 0 } = numbers;
  return { seed, streams, requests, guesses, first, parts: values.parts.split(","), plant: values.plant };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new TypeError(`--${name} takes a whole number, not ${text}`);
  return Number(text);
}
