import { isIPv6 } from "node:net";
import { quote } from "./quote.ts";
import type { Parsed } from "./values.ts";

/** Reads the URLs of one TURN server, comma-separated; empty is none. */
export function parseTurnUrls(text: string): Parsed<readonly string[]> {
  if (text.trim() === "") return { value: [] };
  const urls = text.split(",").map((url) => url.trim());
  const wrong = urls.find((url) => !isTurnUrl(url));
  if (wrong === undefined) return { value: urls };
  const holds = urls.length === 1 ? "is" : `holds ${quote(wrong)}, which is`;
  return {
    refusal: `${holds} no TURN URL; give turn:host:port or turns:host:port, with ?transport=udp or tcp if need be`,
  };
}

/**
 * Whether browsers would take a URL for a server: `stun:` and `stuns:` (RFC 7064), `turn:` and `turns:`
 * with at most `?transport=` (RFC 7065). Neither has slashes after the colon.
 */
export function isIceUrl(url: string): boolean {
  const [, scheme = "", bracketed, port, query] =
    /^(stuns?|turns?):(?:\[([^\]]+)\]|[a-z0-9._-]+)(?::(\d{1,5}))?(\?transport=(?:udp|tcp))?$/i.exec(url) ??
    [];
  if (scheme === "") return false;
  if (bracketed !== undefined && !isIPv6(bracketed)) return false;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return false;
  return query === undefined || /^turns?$/i.test(scheme);
}

/** Whether a URL that browsers would take is one of a TURN server. */
export function isTurnUrl(url: string): boolean {
  return /^turns?:/i.test(url) && isIceUrl(url);
}
