import type { Origins } from "../../transports/origins.ts";
import { quote } from "../quote.ts";
import type { Codec, Parsed } from "./codec.ts";

/** Origins, comma-separated, or `*` for any. Each is written as browsers send it. */
export const origins: Codec<Origins> = {
  parse: parseOrigins,
  print: String,
  show: quote,
  placeholder: "<list>",
  range: "",
};

/**
 * Accepts any scheme: web views have `capacitor://localhost`, extensions `chrome-extension://…`. Normalizes what
 * browsers normalize: case, a scheme's default port, international names. Refuses `null`, which every sandboxed page
 * sends.
 */
function parseOrigins(text: string): Parsed<Origins> {
  if (text.trim() === "*") return { value: "*" };
  if (text.trim() === "") return { value: [] };
  const items = text.split(",").map((item) => item.trim());
  const list: string[] = [];
  for (const item of items) {
    const parsed = parseOrigin(item);
    if ("value" in parsed) list.push(parsed.value);
    else if (items.length === 1) return parsed;
    else return { refusal: `holds ${quote(item)}, which ${parsed.refusal}` };
  }
  return { value: list };
}

function parseOrigin(item: string): Parsed<string> {
  if (item === "*") return { refusal: "allows every origin; give it alone, or not at all" };
  if (item.includes("*")) return { refusal: "is a pattern; list each origin, or give * alone for any" };
  if (item.toLowerCase() === "null")
    return { refusal: "is what anyone's sandboxed page sends; give scheme://host" };
  const [, origin, rest] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#\\@\s]+)([/?#].*)?$/i.exec(item) ?? [];
  if (origin === undefined) return malformed;
  const url = URL.parse(origin);
  if (url === null) return malformed;
  if (rest === "/") return { refusal: `ends in a slash; give ${quote(origin)}` };
  if (rest !== undefined) return { refusal: `has more than scheme, host and port; give ${quote(origin)}` };
  // URL converts the host to lower case and drops the default port, but only for the schemes of the web itself.
  return { value: `${url.protocol}//${url.host}`.toLowerCase() };
}

const malformed = { refusal: "is not an origin; give scheme://host or scheme://host:port" };
