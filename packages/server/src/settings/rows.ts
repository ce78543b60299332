import { address } from "./codecs/address.ts";
import { choice } from "./codecs/choice.ts";
import { count, countOrAuto } from "./codecs/count.ts";
import { duration } from "./codecs/duration.ts";
import { origins } from "./codecs/origins.ts";
import { size } from "./codecs/size.ts";
import { toggle } from "./codecs/toggle.ts";
import { iceRows } from "./ice-rows.ts";
import { redisRows } from "./redis-rows.ts";
import type { Row, ValueOf } from "./row.ts";

/**
 * Every setting. The flag, the environment variable, the type `Settings`, `--help` and the table in the README are
 * derived from these rows. The rows of a theme have their own file.
 */
export const rows = [
  {
    name: "addr",
    flag: "addr",
    codec: address,
    default: ":8080",
    help: "Where calls are served; :port is every interface, port 0 any free port.",
  },
  {
    name: "healthzAddr",
    flag: "healthz-addr",
    codec: address,
    default: ":8090",
    help: "Where health checks and pprof are served; not for the public.",
  },
  {
    name: "origin",
    flag: "origin",
    codec: origins,
    default: "",
    help: "Origins whose pages may call, comma-separated, or * for any; none given: same host and localhost.",
  },
  {
    name: "demo",
    flag: "demo",
    codec: toggle,
    default: "false",
    help: "Serves a page at / on which two people see each other; for trying out.",
  },
  ...redisRows,
  {
    name: "seatCount",
    flag: "seat-count",
    // At most 1000, since each signal goes to every other seat: a larger call needs another design.
    codec: count({ min: "1", max: "1000" }),
    default: "2",
    help: "How many seats a call has.",
  },
  {
    name: "seatTimeoutMs",
    flag: "seat-timeout",
    codec: duration({ min: "100ms", max: "24h" }),
    default: "30s",
    help: "How long a seat is held without a renewal.",
  },
  {
    name: "wsHandshakeTimeoutMs",
    flag: "ws-handshake-timeout",
    codec: duration({ min: "0s", max: "24h" }),
    default: "0s",
    notice: "has no effect on this runtime; --ws-join-timeout bounds the wait for a handshake",
    help: "Without effect on this runtime; accepted because the original had it.",
  },
  {
    name: "wsJoinTimeoutMs",
    flag: "ws-join-timeout",
    codec: duration({ min: "100ms", max: "1h" }),
    default: "5s",
    help: "How long an open websocket may take to send its handshake.",
  },
  {
    name: "wsPingIntervalMs",
    flag: "ws-ping-interval",
    codec: duration({ min: "100ms", max: "24h" }),
    default: "5s",
    help: "How often a websocket is pinged; each PONG renews the seat. Less than ws-read-timeout.",
  },
  {
    name: "wsReadTimeoutMs",
    flag: "ws-read-timeout",
    codec: duration({ min: "100ms", max: "24h" }),
    default: "10s",
    help: "How long a websocket may go without a PONG before it is closed. Less than seat-timeout.",
  },
  {
    name: "wsSendBufferBytes",
    flag: "ws-send-buffer",
    // Multiplied by the number of connections, the maximum is the memory that slow clients can occupy.
    codec: size({ min: "2KiB", max: "64MiB" }),
    default: "1MiB",
    help: "What may wait for a slow websocket before it is closed. At least log-bytes plus body-limit.",
  },
  {
    name: "bodyLimitBytes",
    flag: "body-limit",
    codec: size({ min: "1KiB", max: "1MiB" }),
    default: "64KiB",
    help: "The largest HTTP body; a larger one is a 413. At most log-bytes.",
  },
  {
    name: "logEntries",
    flag: "log-entries",
    // An attach reads the whole log in one script, which blocks Redis for about 1.5 µs per entry: at most 6 ms.
    codec: count({ min: "1", max: "4096" }),
    default: "256",
    help: "How many of a call's last events are kept for those who reconnect.",
  },
  {
    name: "logBytes",
    flag: "log-bytes",
    // Every attach reads the whole log, and Redis keeps one for every call.
    codec: size({ min: "1KiB", max: "16MiB" }),
    default: "256KiB",
    help: "How many bytes of a call's last events are kept for those who reconnect.",
  },
  {
    name: "requestTimeoutMs",
    flag: "request-timeout",
    codec: duration({ min: "100ms", max: "1h" }),
    default: "10s",
    help: "How long a request may take to arrive; a slower one is a 408.",
  },
  {
    name: "maxConnections",
    flag: "max-connections",
    // The maximum is Linux's default limit of open files per process (fs.nr_open).
    codec: countOrAuto({ min: "1", max: "1048576" }),
    default: "auto",
    help: "How many connections are served at once; auto is the limit of open files less 10%.",
  },
  {
    name: "drainTimeoutMs",
    flag: "drain-timeout",
    codec: duration({ min: "0s", max: "1h" }),
    default: "10s",
    help: "Over how long websockets are closed after SIGTERM or SIGINT, so that their clients don't all come back at once; without Redis they all are at once.",
  },
  ...iceRows,
  {
    name: "logLevel",
    flag: "log-level",
    codec: choice("trace", "debug", "info", "warn", "error", "silent"),
    default: "info",
    help: "The least severe log line that is written.",
  },
  {
    name: "logFormat",
    flag: "log-format",
    codec: choice("auto", "text", "json"),
    default: "auto",
    help: "How log lines are written; auto is text on a terminal, else json.",
  },
] as const satisfies readonly Row[];

type SettingRow = (typeof rows)[number];

/** All settings as the service uses them: durations in milliseconds, sizes in bytes. */
export type Settings = { readonly [R in SettingRow as R["name"]]: ValueOf<R["codec"]> };

/** The name of a setting, as a property of `Settings`. */
export type SettingName = keyof Settings;
