import type { RedisAccess } from "../../backends/redis/node/address.ts";
import { quote } from "../quote.ts";
import type { Codec, Parsed } from "./codec.ts";
import { parseRedisUrl, printAccess, withoutPassword } from "./redis-url.ts";

/** The name under which Sentinels monitor a Redis, and how to access it. */
export interface RedisMaster extends RedisAccess {
  readonly name: string;
}

/** The Redis that Sentinels monitor under a name; empty is none. */
export const redisMaster: Codec<RedisMaster | undefined> = {
  parse: parseRedisMaster,
  print: printAccess,
  accept: (value) =>
    isRedisMaster(value) ? { value } : { refusal: "is not a master's name; give the name" },
  show: (text) => quote(withoutPassword(text)),
  placeholder: "<name or URL>",
  range: "",
};

/**
 * Reads a name, in the letters that Sentinel allows, or a URL as `--redis-addr` has it, with the name in the place of
 * host and port.
 */
function parseRedisMaster(text: string): Parsed<RedisMaster | undefined> {
  if (text === "") return { value: undefined };
  const parsed = parseRedisUrl(text, noPort);
  if ("refusal" in parsed || parsed.value.port !== noPort || !/^[\w.-]+$/.test(parsed.value.host))
    return {
      refusal: "is not a master's name; give name, or redis:// or rediss://user:password@name/database",
    };
  const { host: name, tls, username, password, database } = parsed.value;
  return { value: { name, tls, username, password, database } };
}

/** A port that no address can have. */
const noPort = -1;

/** Returns whether a value has a name. The other fields may be missing. */
function isRedisMaster(value: unknown): value is RedisMaster {
  const { name }: { name?: unknown } = Object(value);
  return typeof name === "string";
}
