import { isIPv6 } from "node:net";
import { hostAndPort } from "../../host-port.ts";
import { quote } from "../quote.ts";
import type { Codec, Parsed } from "./codec.ts";

/** The address to listen on. Without `host`, every interface; port 0 is any free port. */
export type Address = { readonly host?: string; readonly port: number };

/** An address to listen on, `host:port` or `:port`. */
export const address: Codec<Address> = {
  parse: parseAddress,
  print: (value) => {
    // The types hold for a program that is type-checked; `parse` refuses what any other makes of them.
    const { host = "", port }: { readonly host?: unknown; readonly port: number } = Object(value);
    return hostAndPort(String(host), port);
  },
  show: quote,
  placeholder: "<host:port>",
  range: "",
};

/**
 * Reads `host:port`, as Go writes addresses: the host is a name, an IPv4 address, or an IPv6 address
 * in brackets, which are not part of the result. Does not check that the host exists.
 */
function parseAddress(text: string): Parsed<Address> {
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

const malformed = { refusal: "is not an address; give :port for every interface, or host:port" };
