import type { ServerName } from "./servers/rows.ts";

/** What can be measured, with its unit, in the order of the tables. */
export const measures = {
  serverUs: { name: "server CPU", unit: "µs" },
  redisUs: { name: "Redis CPU", unit: "µs" },
  loadUs: { name: "generator CPU", unit: "µs" },
  perSecond: { name: "throughput", unit: "/s" },
} as const satisfies Record<string, { readonly name: string; readonly unit: string }>;

export type Measure = keyof typeof measures;

/** One measured thing: a sample for each run. */
export interface Figure {
  readonly workload: string;
  readonly server: ServerName;
  readonly measure: Measure;
  readonly samples: readonly number[];
}
