import type { RedisAddress } from "../../backends/redis/node/address.ts";
import { quote } from "../quote.ts";
import type { Codec, Parsed } from "./codec.ts";
import { isRedisAddress, parseRedisUrl, printAccess } from "./redis-url.ts";

/** The addresses of Sentinels, comma-separated, by default on port 26379; empty is none. */
export const sentinels: Codec<readonly RedisAddress[]> = {
  parse: parseSentinels,
  print: (value) => (areTexts(value) ? value.join(",") : printAccess(value)),
  accept: (value) => {
    if (areTexts(value)) return parseSentinels(value.join(","));
    return Array.isArray(value) && value.every(isRedisAddress)
      ? { value }
      : { refusal: "is no list of Sentinels; give host:port of each" };
  },
  show: (text) => quote(withoutPasswords(text)),
  placeholder: "<list>",
  range: "",
};

/** Reads each as `--redis-addr` reads a Redis. Sentinels keep no data, so none has a database. */
function parseSentinels(text: string): Parsed<readonly RedisAddress[]> {
  if (text.trim() === "") return { value: [] };
  const addresses: RedisAddress[] = [];
  for (const item of text.split(",").map((one) => one.trim())) {
    const parsed = parseRedisUrl(item, 26_379);
    if ("refusal" in parsed || parsed.value.database !== 0)
      return {
        refusal: `holds ${quote(withoutPasswords(item))}, which is no Sentinel's address; give host:port, or redis:// or rediss:// with user and password`,
      };
    addresses.push(parsed.value);
  }
  return { value: addresses };
}

/** Hides the users and passwords in a list of addresses. */
function withoutPasswords(list: string): string {
  return list.replaceAll(/\/\/[^,]*@/g, "//…@");
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
