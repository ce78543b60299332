import { quote } from "./quote.ts";
import type { Parsed } from "./values.ts";

/**
 * Which origins may call: `*` is any, a list is those and no others, the empty list is the service's
 * own host and localhost. Each origin stands as browsers send it.
 */
export type Origins = "*" | readonly string[];

/**
 * Reads origins, comma-separated, or `*`. Any scheme will do: web views have `capacitor://localhost`,
 * extensions `chrome-extension://…`. What browsers normalise is normalised: case, a scheme's default
 * port, international names. `null` is refused: anyone's sandboxed page sends it.
 */
export function parseOrigins(text: string): Parsed<Origins> {
  if (text.trim() === "*") return { value: "*" };
  if (text.trim() === "") return { value: [] };
  const items = text.split(",").map((item) => item.trim());
  const origins: string[] = [];
  for (const item of items) {
    const parsed = parseOrigin(item);
    if ("value" in parsed) origins.push(parsed.value);
    else if (items.length === 1) return parsed;
    else return { refusal: `holds ${quote(item)}, which ${parsed.refusal}` };
  }
  return { value: origins };
}

const malformed = { refusal: "is not an origin; give scheme://host or scheme://host:port" };

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
  // URL lowers the host and drops the default port, but only for the schemes of the web itself.
  return { value: `${url.protocol}//${url.host}`.toLowerCase() };
}
