import { quote } from "../quote.ts";
import type { Codec, Parsed } from "./codec.ts";
import { isTurnUrl } from "./ice-url.ts";

/** The URLs of one TURN server, comma-separated; empty is none. */
export const turnUrls: Codec<readonly string[]> = {
  parse: parseTurnUrls,
  print: String,
  show: quote,
  placeholder: "<list>",
  range: "",
};

function parseTurnUrls(text: string): Parsed<readonly string[]> {
  if (text.trim() === "") return { value: [] };
  const urls = text.split(",").map((url) => url.trim());
  const wrong = urls.find((url) => !isTurnUrl(url));
  if (wrong === undefined) return { value: urls };
  const holds = urls.length === 1 ? "is" : `holds ${quote(wrong)}, which is`;
  return {
    refusal: `${holds} no TURN URL; give turn:host:port or turns:host:port, with ?transport=udp or tcp if need be`,
  };
}
