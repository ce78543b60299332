import type { RedisAddress } from "../../backends/redis/node/address.ts";
import { quote } from "../quote.ts";
import type { Codec } from "./codec.ts";
import { isRedisAddress, parseRedisUrl, printAccess, withoutPassword } from "./redis-url.ts";

/** The address of a Redis, by default on port 6379; empty is none. */
export const redisAddress: Codec<RedisAddress | undefined> = {
  parse: (text) => (text === "" ? { value: undefined } : parseRedisUrl(text, 6379)),
  print: printAccess,
  accept: (value) =>
    isRedisAddress(value) ? { value } : { refusal: "is not Redis's address; give host:port" },
  show: (text) => quote(withoutPassword(text)),
  placeholder: "<host:port or URL>",
  range: "",
};
