import type { Until } from "./load/orders.ts";

/** How much is measured. */
export interface Plan {
  /** How often each figure is measured, the servers in turn. */
  readonly runs: number;
  /** How long, or how many operations, the servers are warmed before. */
  readonly warmUp: Until;
  /** The same for one sample. */
  readonly sample: Until;
  /** Processes that make load on one server. */
  readonly loadProcesses: number;
  /** Operations that are kept going in a closed loop. */
  readonly slots: number;
  /** Calls that signals are relayed on. */
  readonly lines: number;
}

/** What `npm run bench` measures: under 40 minutes. */
export const fullPlan: Plan = {
  runs: 5,
  warmUp: { ms: 4000 },
  sample: { ms: 3000 },
  loadProcesses: 2,
  slots: 64,
  lines: 64,
};

/** What `--quick` measures: a few minutes. */
export const quickPlan: Plan = { ...fullPlan, runs: 3, warmUp: { ms: 2000 }, sample: { ms: 700 } };

/** What the tests measure: that everything is done at all. */
export const tinyPlan: Plan = {
  ...fullPlan,
  runs: 1,
  warmUp: { ops: 8 },
  sample: { ops: 24 },
  slots: 4,
  lines: 4,
};
