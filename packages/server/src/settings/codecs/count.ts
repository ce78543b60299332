import { quote } from "../quote.ts";
import type { Codec, Parsed } from "./codec.ts";
import { parseWithin, printRange, type Range } from "./range.ts";

/** A whole number. */
export function count(range: Range): Codec<number> {
  return {
    parse: parseWithin(range, parseCount),
    print: String,
    show: quote,
    placeholder: "<number>",
    range: printRange(range),
  };
}

/** A whole number, or the word `auto`, which is read as `undefined`. */
export function countOrAuto(range: Range): Codec<number | undefined> {
  const number = count(range);
  return {
    ...number,
    parse: (text) => (text === "auto" ? { value: undefined } : number.parse(text)),
    range: `auto, or ${number.range}`,
  };
}

/** Reads a whole number, in digits only. */
export function parseCount(text: string): Parsed<number> {
  return /^\d+$/.test(text) ? { value: Number(text) } : { refusal: "is not a whole number" };
}
