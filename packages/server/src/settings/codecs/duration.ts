import { quote } from "../quote.ts";
import type { Codec, Parsed } from "./codec.ts";
import { parseWithin, printRange, type Range } from "./range.ts";

/** A duration in milliseconds. */
export function duration(range: Range): Codec<number> {
  return {
    parse: parseWithin(range, parseDuration),
    print: (value) => (typeof value === "number" ? `${value}ms` : String(value)),
    show: quote,
    placeholder: "<duration>",
    range: printRange(range),
  };
}

/**
 * Reads a duration as Go's time.ParseDuration does (`1m30s`, `1.5s`, `500ms`, `0`), in milliseconds.
 * Refuses a duration that is negative, has no unit, or is not a whole number of milliseconds.
 */
export function parseDuration(text: string): Parsed<number> {
  if (text === "0") return { value: 0 };
  if (/^\d+(\.\d+)?$/.test(text)) return { refusal: `needs a unit, e.g. ${text}s` };
  if (text.startsWith("-")) return { refusal: "is negative" };
  if (!/^\+?((\d+(\.\d*)?|\.\d+)(ns|us|\u00B5s|\u03BCs|ms|s|m|h))+$/.test(text))
    return { refusal: "is not a duration such as 500ms, 30s or 1m30s" };
  let nanoseconds = 0;
  for (const [, whole, fraction, name = ""] of text.matchAll(/(\d*)(\.\d*)?([a-z\u00B5\u03BC]+)/g)) {
    const unit = nanosecondsOf.get(name) ?? Number.NaN;
    // Separately, since a number cannot hold all the digits of a long duration together.
    nanoseconds += Number(whole) * unit + Math.round(Number(`0${fraction ?? ""}`) * unit);
  }
  // Above 2^53 ns (104 days) a number no longer distinguishes nanoseconds; every bound is far below.
  if (nanoseconds <= Number.MAX_SAFE_INTEGER && nanoseconds % 1e6 !== 0)
    return { refusal: "is not a whole number of milliseconds" };
  return { value: Math.round(nanoseconds / 1e6) };
}

const nanosecondsOf = new Map([
  ["ns", 1],
  ["us", 1e3],
  // The micro sign and the Greek letter, which look the same; Go accepts both.
  ["\u00B5s", 1e3],
  ["\u03BCs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);
