import { quote } from "../quote.ts";
import type { Codec } from "./codec.ts";

/** One of some words; case matters. */
export function choice<Word extends string>(...words: readonly Word[]): Codec<Word> {
  return {
    parse: (text) => {
      const value = words.find((word) => word === text);
      return value === undefined ? { refusal: "is not among the choices" } : { value };
    },
    print: String,
    show: quote,
    placeholder: "<word>",
    range: `one of ${words.join(", ")}`,
  };
}
