import assert from "node:assert/strict";
import test from "node:test";
import type { Report } from "../../src/calls/ports/telemetry.ts";
import { type LogLevel, logReports } from "../../src/telemetry/log.ts";

const join: Report = { event: "join", outcome: "ok", operation: 7, durationMs: 1.5 };
const resync: Report = { event: "resync", outcome: "trimmed", operation: 8, durationMs: 0.5 };

/** The lines of these reports in JSON, without their times. */
function linesOf(level: LogLevel, ...reports: readonly Report[]): unknown[] {
  const lines: unknown[] = [];
  const write = (text: string): void => {
    const { time, ...fields } = JSON.parse(text);
    assert.ok(!Number.isNaN(Date.parse(time)), text);
    lines.push(fields);
  };
  const report = logReports(level, "json", { write });
  for (const each of reports) report(each);
  return lines;
}

test("log › a line leaves out the operation and the duration at the level debug", () => {
  assert.deepEqual(linesOf("debug", join, resync), [
    { level: "debug", outcome: "ok", msg: "join" },
    { level: "debug", outcome: "trimmed", msg: "resync" },
  ]);
});

test("log › a line has the operation and the duration, where the report has them, at the level trace", () => {
  assert.deepEqual(linesOf("trace", join, resync), [
    { level: "debug", outcome: "ok", operation: 7, durationMs: 1.5, msg: "join" },
    { level: "debug", outcome: "trimmed", operation: 8, durationMs: 0.5, msg: "resync" },
  ]);
});
