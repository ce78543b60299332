import { isUtf8 } from "node:buffer";
import type { Random } from "./random.ts";

/** A call's name as it stands in a path, and the statuses that PROTOCOL.md has for joining it. */
export interface NamedPath {
  readonly segment: string;
  readonly allowed: readonly number[];
}

/** Makes a name out of what has broken routers before: braces, globs, line ends, dots, overlong UTF-8. */
export function callNameMutant(random: Random): NamedPath {
  const count = random.between(1, 3);
  const segment = Array.from({ length: count }, () => random.pick(pieces)).join("");
  return { segment, allowed: statusesOf(segment) };
}

const pieces: readonly string[] = [
  ["{", "}", "{call}", "{{7*7}}", "${x}", "*", "**", "[a-z]*", "(", ")", "|", "\\", "^", "~", "$&", "$1"],
  [
    "%7Bcall%7D",
    "%2A",
    "%5B",
    "%3F",
    "%23",
    "%25",
    "%2525",
    "%20",
    "+",
    "&",
    "=",
    ";",
    ":",
    "@",
    "!",
    "'",
    "%22",
  ],
  ["%0d%0a", "%0D%0ASet-Cookie:%20x=1", "%00", "%1f", "%7f", "%c2%85", "%0a", "%09"],
  [".", "..", "%2e", "%2e%2e", "%2E%2e", "...", "..%5c", "/", "%2f", "%2F..%2F", "//", "%5c"],
  ["%c0%af", "%c0%ae%c0%ae", "%e0%80%af", "%f0%80%80%af", "%f8%80%80%80%af", "%ed%a0%80", "%ed%bf%bf"],
  [
    "%ff",
    "%fe",
    "%80",
    "%e2%82",
    "%f4%90%80%80",
    "%",
    "%z",
    "%zz",
    "%1",
    "%u0041",
    "%e2%82%ac",
    "%F0%9F%98%80",
  ],
  ["__proto__", "constructor", "toString", "hasOwnProperty", "ws", "signal", "a", "tea", "-", "_", "0"],
  ["x".repeat(255), "x".repeat(256), "x".repeat(257), "%e2%82%ac".repeat(85), "%e2%82%ac".repeat(86)],
].flat();

/** Read from PROTOCOL.md, "Call names", without a look at the service's code. */
function statusesOf(segment: string): readonly number[] {
  const trimmed = segment.endsWith("/") ? segment.slice(0, -1) : segment;
  if (trimmed === "" || trimmed.includes("/") || /%2f/i.test(trimmed)) return [404];
  if (/%(?![0-9a-f]{2})/i.test(trimmed)) return [400];
  const octets = trimmed.replaceAll(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const bytes = Buffer.from(octets, "latin1");
  if (!isUtf8(bytes) || bytes.length > 256) return [400];
  return /\p{Cc}/u.test(bytes.toString()) ? [400] : [200, 409];
}
