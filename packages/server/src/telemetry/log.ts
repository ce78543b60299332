import pino from "pino";
import type { Report, Reporter, Timing } from "../calls/ports/telemetry.ts";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

/** How loud each report is: what happens per request is debug, what an operator did or must see is not. */
const levels: { readonly [Event in Exclude<Report["event"], "notice">]: Exclude<LogLevel, "silent"> } = {
  join: "debug",
  signal: "debug",
  leave: "debug",
  ice: "debug",
  attach: "debug",
  renewal: "trace",
  resync: "debug",
  closed: "debug",
  ended: "debug",
  refused: "debug",
  "dropped connections": "warn",
  bug: "error",
  serving: "info",
  draining: "info",
  stopped: "info",
};

/** Where log lines go: anything with a `write`, as `process.stdout` has. */
export interface LogDestination {
  write(text: string): void;
}

/**
 * Makes a reporter that writes one line per report: JSON for machines, or text for a terminal. Only at the level
 * `trace` do lines have the operation and the duration of a report.
 */
export function logReports(level: LogLevel, format: "text" | "json", destination: LogDestination): Reporter {
  const stream =
    format === "json" ? destination : { write: (line: string) => destination.write(asText(line)) };
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: levelWord },
  };
  const logger = pino(options, stream);
  return (report) => {
    if (report.event === "notice") return logger[report.level](report.text);
    const at = levels[report.event];
    if (!logger.isLevelEnabled(at)) return;
    const { event, operation, durationMs, ...rest }: Report & Partial<Timing> = report;
    const fields = level === "trace" ? { ...rest, operation, durationMs } : rest;
    logger[at](
      "error" in fields ? { ...fields, error: pino.stdSerializers.err(asError(fields.error)) } : fields,
      event,
    );
  };
}

function levelWord(label: string): { level: string } {
  return { level: label };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Formats a line of JSON as `12:34:56 info  serving url=http://localhost:8080` (docs/decisions/0024). */
function asText(line: string): string {
  const { time, level, msg, ...fields }: { [name: string]: unknown } = JSON.parse(line);
  const pairs = Object.entries(fields).map(([name, value]) => {
    return `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  return `${[String(time).slice(11, 19), String(level).padEnd(5), msg, ...pairs].join(" ")}\n`;
}
