import { quote } from "../quote.ts";
import type { Codec, Parsed } from "./codec.ts";
import { parseWithin, printRange, type Range } from "./range.ts";

/** A size in bytes. */
export function size(range: Range): Codec<number> {
  return {
    parse: parseWithin(range, parseSize),
    print: String,
    show: quote,
    placeholder: "<size>",
    range: printRange(range),
  };
}

/** Reads a size, in bytes: `65536`, `64KiB` (1024 each), `64KB` (1000 each); case does not matter. */
export function parseSize(text: string): Parsed<number> {
  const [, amount, unit = "none"] = /^(\d+)([a-z]*)$/i.exec(text) ?? [];
  const bytes = bytesOf.get(unit.toLowerCase());
  if (bytes === undefined) return { refusal: "is not a size such as 65536, 64KiB or 64KB" };
  return { value: Number(amount) * bytes };
}

const bytesOf = new Map([
  ["", 1],
  ["b", 1],
  ["kb", 1e3],
  ["mb", 1e6],
  ["gb", 1e9],
  ["kib", 2 ** 10],
  ["mib", 2 ** 20],
  ["gib", 2 ** 30],
]);
