import { duration } from "./codecs/duration.ts";
import { redisAddress } from "./codecs/redis-address.ts";
import { redisMaster } from "./codecs/redis-master.ts";
import { sentinels } from "./codecs/sentinels.ts";
import { path, secretText, text } from "./codecs/text.ts";
import type { Row } from "./row.ts";

/** The settings of the Redis that keeps the calls. */
export const redisRows = [
  {
    name: "redisAddr",
    flag: "redis-addr",
    codec: redisAddress,
    default: "",
    help: "The Redis that keeps the calls: host:port, or redis:// or rediss:// with user, password and database; none given: this process keeps them.",
  },
  {
    name: "redisSentinel",
    flag: "redis-sentinel",
    codec: sentinels,
    default: "",
    help: "The Sentinels that know which Redis is the master, in place of redis-addr: host:port, comma-separated; each may be a URL with a user and password of its own.",
  },
  {
    name: "redisMaster",
    flag: "redis-master",
    codec: redisMaster,
    default: "",
    help: "Which master the Sentinels are asked for: its name, or redis:// or rediss:// with user, password, name and database.",
  },
  {
    name: "redisPassword",
    flag: "redis-password",
    codec: secretText,
    default: "",
    help: "Redis's password, best given by the environment: a command line can be read by others.",
  },
  {
    name: "redisPasswordFile",
    flag: "redis-password-file",
    codec: path,
    default: "",
    help: "A file that holds Redis's password, alone on its first line.",
  },
  {
    name: "redisPrefix",
    flag: "redis-prefix",
    // Braces are excluded, since they would move the hash tag that keeps a call's keys in one slot.
    codec: text(/^[\w.:-]{1,64}$/, "1 to 64 letters, digits and any of _ . : -"),
    default: "signals",
    help: "What every key and channel in Redis begins with.",
  },
  {
    name: "redisProbeIntervalMs",
    flag: "redis-probe-interval",
    codec: duration({ min: "100ms", max: "1m" }),
    default: "1s",
    help: "How often the connection that hears the calls is asked whether it lives, and a Sentinel which Redis is the master; noticed within two.",
  },
] as const satisfies readonly Row[];
