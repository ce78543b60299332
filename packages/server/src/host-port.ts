import { isIPv6 } from "node:net";

/** Writes a host and a port as one address: an IPv6 address stands in brackets (RFC 3986, section 3.2.2). */
export function hostAndPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
