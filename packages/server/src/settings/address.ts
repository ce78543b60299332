import { isIPv6 } from "node:net";
import type { Parsed } from "./values.ts";

/** Where to listen: no `host` is every interface, port 0 any free port. */
export type Address = { readonly host?: string; readonly port: number };

const malformed = { refusal: "is not an address; give :port for every interface, or host:port" };

/**
 * Reads `host:port`, as Go writes addresses: the host is a name, an IPv4 address, or an IPv6 address
 * in brackets, which are not part of the result. Whether the host exists, listening will tell.
 */
export function parseAddress(text: string): Parsed<Address> {
  if (/^\d+$/.test(text)) return { refusal: `has no colon; give :${text} for every interface` };
  if (isIPv6(text)) return { refusal: `has no brackets; give [${text}]:port, or host:port` };
  const [, bracketed, name = "", digits] = /^(?:\[(.+)\]|([\w.-]*)):(\d+)$/.exec(text) ?? [];
  if (digits === undefined) return malformed;
  if (bracketed !== undefined && !isIPv6(bracketed)) return malformed;
  const port = Number(digits);
  if (port > 65_535) return { refusal: "has a port above 65535; give 0 to 65535" };
  const host = bracketed ?? name;
  return { value: host === "" ? { port } : { host, port } };
}
