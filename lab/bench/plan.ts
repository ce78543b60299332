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
  /** Whole calls that are set up at a time. */
  readonly setUpSlots: number;
  /** Calls that signals are relayed on. */
  readonly lines: number;
  /** The same, where the count is what is looked at. */
  readonly callCounts: readonly number[];
  /** Attaches in one sample. */
  readonly attaches: number;
  /** Rounds of attaches, or of a storm, before they count. */
  readonly attachWarmUps: number;
  /** How long signals come at a fixed rate, for one sample. */
  readonly paceSeconds: number;
  /** Peers whose websockets are cut at once. */
  readonly stormPeers: number;
  /** How many sockets are idle, rising. */
  readonly idleSizes: readonly number[];
  readonly idleRuns: number;
  /** Sockets that come and go before memory is looked at. */
  readonly idleWarmUp: number;
  /** How long memory gets to settle: at least two rounds of pings. */
  readonly settleMs: number;
  /** How long the CPU of idle sockets is counted. */
  readonly watchMs: number;
}

/** What `npm run bench` measures: under 40 minutes. */
export const fullPlan: Plan = {
  runs: 5,
  warmUp: { ms: 4000 },
  sample: { ms: 3000 },
  loadProcesses: 2,
  slots: 64,
  setUpSlots: 16,
  lines: 64,
  callCounts: [10, 1000, 10_000],
  attaches: 6000,
  attachWarmUps: 3,
  paceSeconds: 10,
  stormPeers: 2000,
  idleSizes: [5000, 19_000],
  idleRuns: 5,
  idleWarmUp: 500,
  settleMs: 10_500,
  watchMs: 20_000,
};

/** What `--quick` measures: a few minutes. */
export const quickPlan: Plan = {
  ...fullPlan,
  runs: 3,
  warmUp: { ms: 1500 },
  sample: { ms: 600 },
  attaches: 3000,
  attachWarmUps: 2,
  paceSeconds: 2,
  idleSizes: [5000],
  idleRuns: 1,
  settleMs: 6000,
  watchMs: 5000,
};

/** What the tests measure: that everything is done at all. */
export const tinyPlan: Plan = {
  ...fullPlan,
  runs: 1,
  warmUp: { ops: 8 },
  sample: { ops: 24 },
  loadProcesses: 1,
  slots: 4,
  setUpSlots: 2,
  lines: 4,
  callCounts: [2, 4, 8],
  attaches: 12,
  attachWarmUps: 1,
  paceSeconds: 0.1,
  stormPeers: 12,
  idleSizes: [8, 16],
  idleRuns: 1,
  idleWarmUp: 4,
  settleMs: 40,
  watchMs: 40,
};
