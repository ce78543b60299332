import type { Codec } from "./codecs/codec.ts";

/** One setting. */
export interface Row {
  /** The property of `Settings`: the flag in camel case, with the unit of its value. */
  readonly name: string;
  /** The name of the flag, without dashes. */
  readonly flag: string;
  readonly codec: Codec<unknown>;
  /** The text that a user would write for the default. */
  readonly default: string;
  /** A notice for a user who sets this setting; it completes a sentence that starts with the flag or variable. */
  readonly notice?: string;
  /** What the setting does, in `--help` and in the README. */
  readonly help: string;
}

/** The values that a codec reads. */
export type ValueOf<C> = C extends Codec<infer Value> ? Value : never;

/** The environment variable of a setting: `SIGNALS_` and the flag in upper snake case. */
export function envOf(row: Row): string {
  return `SIGNALS_${row.flag.toUpperCase().replaceAll("-", "_")}`;
}

/** Describes the values that a setting accepts, e.g. `100ms to 24h`; empty for a kind that has no range. */
export function rangeOf(row: Row): string {
  return row.codec.range;
}

/** Describes a text that a setting's codec refuses, e.g. `"30" needs a unit, e.g. 30s; give 100ms to 24h`. */
export function describeRefusal(row: Row, text: string, refusal: string): string {
  const range = rangeOf(row);
  return `${row.codec.show(text)} ${refusal}${range === "" ? "" : `; give ${range}`}`;
}
