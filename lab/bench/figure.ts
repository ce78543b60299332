import type { ServerName } from "./servers/rows.ts";

/** What can be measured, with its unit, in the order of the tables. CPU is for one operation, unless it says else. */
export const measures = {
  serverUs: { name: "server CPU", unit: "µs" },
  redisUs: { name: "Redis CPU", unit: "µs" },
  loadUs: { name: "generator CPU", unit: "µs" },
  perSecond: { name: "throughput", unit: "/s" },
  p50: { name: "p50", unit: "ms" },
  p99: { name: "p99", unit: "ms" },
  p999: { name: "p99.9", unit: "ms" },
  allBackMs: { name: "all attached again", unit: "ms" },
  residentKb: { name: "resident memory of a socket", unit: "KB" },
  idleShare: { name: "server CPU", unit: "% of a core" },
  redisIdleShare: { name: "Redis CPU", unit: "% of a core" },
  ops: { name: "operations", unit: "" },
} as const satisfies Record<string, { readonly name: string; readonly unit: string }>;

export type Measure = keyof typeof measures;

/** One measured thing: a sample for each run. */
export interface Figure {
  readonly workload: string;
  readonly server: ServerName;
  readonly measure: Measure;
  readonly samples: readonly number[];
}
