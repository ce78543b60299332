import { quote } from "../quote.ts";
import type { Codec } from "./codec.ts";

/** A text of the characters that a pattern allows; `range` describes the pattern in words. */
export function text(pattern: RegExp, range: string): Codec<string> {
  return {
    parse: (value) => (pattern.test(value) ? { value } : { refusal: "can't be used" }),
    print: String,
    show: quote,
    placeholder: "<text>",
    range,
  };
}

/** Any text, which no message shows. */
export const secretText: Codec<string> = {
  parse: (value) => ({ value }),
  print: String,
  show: () => "(hidden)",
  placeholder: "<text>",
  range: "",
};

/** The path of a file; empty is none. */
export const path: Codec<string> = text(/^[^\0]*$/, "a path");
