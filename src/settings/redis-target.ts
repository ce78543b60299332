import type { Parsed } from "./values.ts";

/** Where Redis is and who we are to it, as far as the address says so. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
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
  if (text === "") return { value: undefined };
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
      port: url.port === "" ? 6379 : Number(url.port),
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
