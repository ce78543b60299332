import type { Parsed } from "./values.ts";

/** How Redis is spoken to and who we are to it, as far as an address says so. */
export interface RedisAccess {
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** Where Redis is, too. */
export interface RedisTarget extends RedisAccess {
  readonly host: string;
  readonly port: number;
}

const malformed = {
  refusal:
    "is not Redis's address; give host:port, redis://user:password@host:port/database, or rediss:// for TLS",
};

/**
 * Reads where Redis is: `host:port` or `host`, as the original has it, or a URL as the IANA registry
 * has `redis` and `rediss` (port 6379 and database 0 unless it says so). Empty is none.
 */
export function parseRedisTarget(text: string): Parsed<RedisTarget | undefined> {
  return text === "" ? { value: undefined } : parseTarget(text, 6379);
}

/** Reads one that is there; `usualPort` is what it means where it names no port. */
export function parseTarget(text: string, usualPort: number): Parsed<RedisTarget> {
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
      port: url.port === "" ? usualPort : Number(url.port),
      tls: url.protocol === "rediss:",
      username,
      password,
      database: Number(database),
    },
  };
}

function decode(part: string): string | undefined | null {
  if (part === "") return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
