import type { Row } from "./row.ts";

/** Which Redis keeps the calls, and who we are to it. */
export const redisRows = [
  {
    name: "redisAddr",
    flag: "redis-addr",
    kind: "redis",
    default: "",
    help: "The Redis that keeps the calls: host:port, or redis:// or rediss:// with user, password and database; none given: this process keeps them.",
  },
  {
    name: "redisSentinel",
    flag: "redis-sentinel",
    kind: "sentinels",
    default: "",
    help: "The Sentinels that know which Redis is the master, in place of redis-addr: host:port, comma-separated; each may be a URL with a user and password of its own.",
  },
  {
    name: "redisMaster",
    flag: "redis-master",
    kind: "redis-master",
    default: "",
    help: "Which master the Sentinels are asked for: its name, or redis:// or rediss:// with user, password, name and database.",
  },
  {
    name: "redisPassword",
    flag: "redis-password",
    kind: "text",
    pattern: /^[^]*$/,
    says: "any text",
    secret: true,
    default: "",
    help: "Redis's password, best given by the environment: a command line can be read by others.",
  },
  {
    name: "redisPasswordFile",
    flag: "redis-password-file",
    kind: "text",
    pattern: /^[^\0]*$/,
    says: "a path",
    default: "",
    help: "A file that holds Redis's password, alone on its first line.",
  },
  {
    name: "redisPrefix",
    flag: "redis-prefix",
    kind: "text",
    // Braces would move the hash tag, by which a call's keys stay together.
    pattern: /^[\w.:-]{1,64}$/,
    says: "1 to 64 letters, digits and any of _ . : -",
    default: "signals",
    help: "What every key and channel in Redis begins with.",
  },
  {
    name: "redisProbeIntervalMs",
    flag: "redis-probe-interval",
    kind: "duration",
    min: "100ms",
    max: "1m",
    default: "1s",
    help: "How often the connection that hears the calls is asked whether it lives, and a Sentinel which Redis is the master; noticed within two.",
  },
] as const satisfies readonly Row[];
