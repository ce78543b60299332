import type { RedisAccess, RedisAddress } from "../../backends/redis/node/address.ts";
import type { Parsed } from "./codec.ts";

/**
 * Reads the address of a Redis or of a Sentinel: `host:port` or `host`, as in the original, or a URL as the IANA
 * registry defines `redis` and `rediss`. The database is 0 and the port is `defaultPort` unless the text has another.
 */
export function parseRedisUrl(text: string, defaultPort: number): Parsed<RedisAddress> {
  const url = URL.parse(text.includes("://") ? text : `redis://${text}`);
  if (url === null || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "") return malformed;
  if (url.search !== "" || url.hash !== "") return malformed;
  const [, database] = /^\/?(\d{0,5})$/.exec(url.pathname) ?? [];
  if (database === undefined)
    return { refusal: "names no database by number; give e.g. redis://host:6379/0" };
  const [username, password] = [decode(url.username), decode(url.password)];
  if (username === null || password === null)
    return { refusal: "has a user or password that is not percent-encoded" };
  return {
    value: {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port === "" ? defaultPort : Number(url.port),
      tls: url.protocol === "rediss:",
      username,
      password,
      database: Number(database),
    },
  };
}

/** Hides the user and password in the text of one address. */
export function withoutPassword(text: string): string {
  return text.replace(/\/\/.*@/, "//…@");
}

/** Writes as JSON what a program passes as an address, or as several, without the passwords in it. */
export function printAccess(value: unknown): string {
  const password: keyof RedisAccess = "password";
  return JSON.stringify(value, (key, part: unknown) => (key === password && part ? "…" : part));
}

/** Returns whether a value has the host and the port of an address. The other fields may be missing. */
export function isRedisAddress(value: unknown): value is RedisAddress {
  const { host, port }: { host?: unknown; port?: unknown } = Object(value);
  return typeof host === "string" && Number.isInteger(port);
}

const malformed = {
  refusal:
    "is not Redis's address; give host:port, redis://user:password@host:port/database, or rediss:// for TLS",
};

function decode(part: string): string | undefined | null {
  if (part === "") return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
