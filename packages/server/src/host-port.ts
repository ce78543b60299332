/** Writes a host and a port as one address: a host with colons, an IPv6 address, gets brackets (RFC 3986, section 3.2.2). */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
