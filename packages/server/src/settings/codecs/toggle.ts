import { quote } from "../quote.ts";
import type { Codec } from "./codec.ts";

/** A switch, in words or as 1 and 0; its flag alone means true. */
export const toggle: Codec<boolean> = {
  parse: (text) => {
    if (text === "true" || text === "1") return { value: true };
    return text === "false" || text === "0" ? { value: false } : { refusal: "is neither on nor off" };
  },
  print: String,
  show: quote,
  placeholder: "",
  range: "true or false",
  bareFlag: "true",
};
