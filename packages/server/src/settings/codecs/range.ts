import type { Parsed } from "./codec.ts";

/** Inclusive bounds, written as a user writes a value. */
export interface Range {
  readonly min: string;
  readonly max: string;
}

/** Describes a range, e.g. `100ms to 24h`. */
export function printRange({ min, max }: Range): string {
  return `${min} to ${max}`;
}

/**
 * Returns a parser that refuses the values outside a range.
 * @throws Error when a bound itself is refused
 */
export function parseWithin(
  { min, max }: Range,
  parse: (text: string) => Parsed<number>,
): (text: string) => Parsed<number> {
  const [least, most] = [boundOf(min, parse), boundOf(max, parse)];
  return (text) => {
    const parsed = parse(text);
    if ("refusal" in parsed) return parsed;
    if (parsed.value < least) return { refusal: "is too little" };
    return parsed.value > most ? { refusal: "is too much" } : parsed;
  };
}

function boundOf(text: string, parse: (text: string) => Parsed<number>): number {
  const parsed = parse(text);
  if ("value" in parsed) return parsed.value;
  throw new Error(`the bound ${text} ${parsed.refusal}`);
}
