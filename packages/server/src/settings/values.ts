/**
 * What a parser makes of a text: its value, or the refusal, which says what is wrong in words that
 * read on after the text: `"30" needs a unit, e.g. 30s`.
 */
export type Parsed<Value> = { readonly value: Value } | { readonly refusal: string };

const nanosecondsOf = new Map([
  ["ns", 1],
  ["us", 1e3],
  // The micro sign and the Greek letter, which look the same; Go takes both.
  ["\u00B5s", 1e3],
  ["\u03BCs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);

/**
 * Reads a duration as Go's time.ParseDuration does (`1m30s`, `1.5s`, `500ms`, `0`), in milliseconds.
 * Refuses what is negative, has no unit, or is no whole number of milliseconds.
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
    // Apart, since together the digits of a long duration would not fit into a number.
    nanoseconds += Number(whole) * unit + Math.round(Number(`0${fraction ?? ""}`) * unit);
  }
  // Above 2^53 ns (104 days) a number no longer tells nanoseconds apart; every bound is far below.
  if (nanoseconds <= Number.MAX_SAFE_INTEGER && nanoseconds % 1e6 !== 0)
    return { refusal: "is not a whole number of milliseconds" };
  return { value: Math.round(nanoseconds / 1e6) };
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

/** Reads a size, in bytes: `65536`, `64KiB` (1024 each), `64KB` (1000 each); case does not matter. */
export function parseSize(text: string): Parsed<number> {
  const [, amount, unit = "none"] = /^(\d+)([a-z]*)$/i.exec(text) ?? [];
  const bytes = bytesOf.get(unit.toLowerCase());
  if (bytes === undefined) return { refusal: "is not a size such as 65536, 64KiB or 64KB" };
  return { value: Number(amount) * bytes };
}

/** Reads a whole number, in digits only. */
export function parseCount(text: string): Parsed<number> {
  return /^\d+$/.test(text) ? { value: Number(text) } : { refusal: "is not a whole number" };
}

/** Reads a switch, in words or as 1 and 0. */
export function parseSwitch(text: string): Parsed<boolean> {
  if (text === "true" || text === "1") return { value: true };
  return text === "false" || text === "0" ? { value: false } : { refusal: "is neither on nor off" };
}

/** Reads one of the given words, letter for letter. */
export function parseChoice(text: string, choices: readonly string[]): Parsed<string> {
  return choices.includes(text) ? { value: text } : { refusal: "is not among the choices" };
}
