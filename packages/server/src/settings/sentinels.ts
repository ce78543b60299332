import { quote } from "./quote.ts";
import { parseTarget, type RedisAccess, type RedisTarget } from "./redis-target.ts";
import type { Parsed } from "./values.ts";

/** The name by which Sentinels know a Redis, and who we are to it. */
export interface RedisMaster extends RedisAccess {
  readonly name: string;
}

/** What is shown of an address: not the user and password in it. */
export function withoutPassword(address: string): string {
  return address.replaceAll(/\/\/[^,]*@/g, "//…@");
}

/**
 * Reads where the Sentinels are, comma-separated: each as `--redis-addr` has a Redis, with port 26379 unless it says
 * another, and with its own user and password where Sentinels ask for them. They keep no data, so none has a database.
 */
export function parseSentinels(text: string): Parsed<readonly RedisTarget[]> {
  if (text.trim() === "") return { value: [] };
  const sentinels: RedisTarget[] = [];
  for (const item of text.split(",").map((one) => one.trim())) {
    const parsed = parseTarget(item, 26_379);
    if ("refusal" in parsed || parsed.value.database !== 0)
      return {
        refusal: `holds ${quote(withoutPassword(item))}, which is no Sentinel's address; give host:port, or redis:// or rediss:// with user and password`,
      };
    sentinels.push(parsed.value);
  }
  return { value: sentinels };
}

/**
 * Reads which Redis the Sentinels are asked for: a name, in the letters that Sentinel allows one, or a URL as
 * `--redis-addr` takes it with the name in the place of host and port. Empty is none.
 */
export function parseRedisMaster(text: string): Parsed<RedisMaster | undefined> {
  if (text === "") return { value: undefined };
  const parsed = parseTarget(text, unsaid);
  if ("refusal" in parsed || parsed.value.port !== unsaid || !/^[\w.-]+$/.test(parsed.value.host))
    return {
      refusal: "is not a master's name; give name, or redis:// or rediss://user:password@name/database",
    };
  const { host: name, tls, username, password, database } = parsed.value;
  return { value: { name, tls, username, password, database } };
}

/** No port that an address can say. */
const unsaid = -1;
