import { isIPv6 } from "node:net";

/**
 * Returns whether browsers accept a URL as that of a server: `stun:` and `stuns:` (RFC 7064), `turn:` and `turns:`
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

/** Returns whether a URL that browsers accept is one of a TURN server. */
export function isTurnUrl(url: string): boolean {
  return /^turns?:/i.test(url) && isIceUrl(url);
}
