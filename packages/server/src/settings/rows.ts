import type { Address } from "./address.ts";
import { iceRows } from "./ice-rows.ts";
import type { StaticServers } from "./ice-servers.ts";
import type { Origins } from "./origins.ts";
import { redisRows } from "./redis-rows.ts";
import type { RedisTarget } from "./redis-target.ts";
import type { Row } from "./row.ts";
import type { RedisMaster } from "./sentinels.ts";

/**
 * Every setting, once: the flag, the environment variable, the type, `--help` and the table in the
 * README all come from here; a theme of several has a file of its own. `name` is the flag in camel case, with the unit it is read into.
 */
export const rows = [
  {
    name: "addr",
    flag: "addr",
    kind: "address",
    default: ":8080",
    help: "Where calls are served; :port is every interface, port 0 any free port.",
  },
  {
    name: "healthzAddr",
    flag: "healthz-addr",
    kind: "address",
    default: ":8090",
    help: "Where health checks and pprof are served; not for the public.",
  },
  {
    name: "origin",
    flag: "origin",
    kind: "origins",
    default: "",
    help: "Origins whose pages may call, comma-separated, or * for any; none given: same host and localhost.",
  },
  {
    name: "demo",
    flag: "demo",
    kind: "switch",
    default: "false",
    help: "Serves a page at / on which two people see each other; for trying out.",
  },
  ...redisRows,
  {
    name: "seatCount",
    flag: "seat-count",
    kind: "count",
    min: "1",
    // Each signal goes to every other seat: beyond this, a signaling service is the wrong tool.
    max: "1000",
    default: "2",
    help: "How many seats a call has.",
  },
  {
    name: "seatTimeoutMs",
    flag: "seat-timeout",
    kind: "duration",
    min: "100ms",
    max: "24h",
    default: "30s",
    help: "How long a seat is held without a renewal.",
  },
  {
    name: "wsHandshakeTimeoutMs",
    flag: "ws-handshake-timeout",
    kind: "duration",
    min: "0s",
    max: "24h",
    default: "0s",
    notice: "has no effect on this runtime; --ws-join-timeout bounds the wait for a handshake",
    help: "Without effect on this runtime; accepted because the original had it.",
  },
  {
    name: "wsJoinTimeoutMs",
    flag: "ws-join-timeout",
    kind: "duration",
    min: "100ms",
    max: "1h",
    default: "5s",
    help: "How long an open websocket may take to send its handshake.",
  },
  {
    name: "wsPingIntervalMs",
    flag: "ws-ping-interval",
    kind: "duration",
    min: "100ms",
    max: "24h",
    default: "5s",
    help: "How often a websocket is pinged; each PONG renews the seat. Less than ws-read-timeout.",
  },
  {
    name: "wsReadTimeoutMs",
    flag: "ws-read-timeout",
    kind: "duration",
    min: "100ms",
    max: "24h",
    default: "10s",
    help: "How long a websocket may go without a PONG before it is closed. Less than seat-timeout.",
  },
  {
    name: "wsSendBufferBytes",
    flag: "ws-send-buffer",
    kind: "size",
    min: "2KiB",
    // Times the connections, this is the memory that slow clients can hold.
    max: "64MiB",
    default: "1MiB",
    help: "What may wait for a slow websocket before it is closed. At least log-bytes plus body-limit.",
  },
  {
    name: "bodyLimitBytes",
    flag: "body-limit",
    kind: "size",
    min: "1KiB",
    max: "1MiB",
    default: "64KiB",
    help: "The largest HTTP body; a larger one is a 413. At most log-bytes.",
  },
  {
    name: "logEntries",
    flag: "log-entries",
    kind: "count",
    min: "1",
    // An attach reads the whole log in one script, about 1.5 µs an entry, while everybody waits: 6 ms.
    max: "4096",
    default: "256",
    help: "How many of a call's last events are kept for those who reconnect.",
  },
  {
    name: "logBytes",
    flag: "log-bytes",
    kind: "size",
    min: "1KiB",
    // Also read at once by every attach, and held for every call.
    max: "16MiB",
    default: "256KiB",
    help: "How many bytes of a call's last events are kept for those who reconnect.",
  },
  {
    name: "requestTimeoutMs",
    flag: "request-timeout",
    kind: "duration",
    min: "100ms",
    max: "1h",
    default: "10s",
    help: "How long a request may take to arrive; a slower one is a 408.",
  },
  {
    name: "maxConnections",
    flag: "max-connections",
    kind: "count",
    min: "1",
    // What Linux lets a process open at most, unless its kernel is told otherwise (fs.nr_open).
    max: "1048576",
    auto: true,
    default: "auto",
    help: "How many connections are served at once; auto is the limit of open files less 10%.",
  },
  {
    name: "drainTimeoutMs",
    flag: "drain-timeout",
    kind: "duration",
    min: "0s",
    max: "1h",
    default: "10s",
    help: "Over how long websockets are closed after SIGTERM or SIGINT, so that their clients don't all come back at once; without Redis they all are at once.",
  },
  ...iceRows,
  {
    name: "logLevel",
    flag: "log-level",
    kind: "choice",
    choices: ["trace", "debug", "info", "warn", "error", "silent"],
    default: "info",
    help: "The least severe log line that is written.",
  },
  {
    name: "logFormat",
    flag: "log-format",
    kind: "choice",
    choices: ["auto", "text", "json"],
    default: "auto",
    help: "How log lines are written; auto is text on a terminal, else json.",
  },
] as const;

type Rows = (typeof rows)[number];

type ValueOf<R> = R extends { kind: "count"; auto: true }
  ? number | undefined
  : R extends { kind: "duration" | "size" | "count" }
    ? number
    : R extends { choices: readonly (infer Choice)[] }
      ? Choice
      : R extends { kind: "switch" }
        ? boolean
        : R extends { kind: "address" }
          ? Address
          : R extends { kind: "origins" }
            ? Origins
            : R extends { kind: "redis" }
              ? RedisTarget | undefined
              : R extends { kind: "redis-master" }
                ? RedisMaster | undefined
                : R extends { kind: "sentinels" }
                  ? readonly RedisTarget[]
                  : R extends { kind: "ice-servers" }
                    ? StaticServers
                    : R extends { kind: "turn-urls" }
                      ? readonly string[]
                      : R extends { kind: "text" }
                        ? string
                        : never;

/** All settings as the service takes them: durations in milliseconds, sizes in bytes. */
export type Settings = { readonly [R in Rows as R["name"]]: ValueOf<R> };

/** The name of a setting, as a property of `Settings`. */
export type SettingName = keyof Settings;

/** The environment variable of a setting: `SIGNALS_` and the flag in upper snake case. */
export function envOf(row: Row): string {
  return `SIGNALS_${row.flag.toUpperCase().replaceAll("-", "_")}`;
}
