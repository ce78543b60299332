import test, { type TestContext } from "node:test";
import type { Backend, CallLimits } from "../../src/calls/ports/backend.ts";
import { attachContract } from "./contract-attach.ts";
import { channelContract } from "./contract-channels.ts";
import { lossContract } from "./contract-loss.ts";
import { seatContract } from "./contract-seats.ts";

/** A backend, with what a test may do to it. */
export interface Harness {
  readonly backend: Backend;
  /** A lease, in milliseconds, that this backend's tests can afford to wait for. */
  readonly leaseMs: number;
  /** Lets the backend's own clock pass by so much at least. */
  readonly pass: (ms: number) => Promise<void>;
  /** Loses all its data. */
  readonly empty: () => Promise<void>;
  /** Goes on under a new run: with its data, but no log can be trusted. */
  readonly restart: () => Promise<void>;
  /** How many things it keeps: none, at rest. */
  readonly size: () => Promise<number>;
}

/** Opens a backend for one test, closed when it ends. */
export type OpenHarness = (t: TestContext) => Promise<Harness>;

/** One promise of a backend: a sentence, and what shows it. */
export type Clause = readonly [title: string, body: (harness: Harness, limits: CallLimits) => Promise<void>];

/** Everything a backend owes, as one suite over any backend. */
export function backendContract(name: string, open: OpenHarness): void {
  const clauses: readonly Clause[] = [
    ...seatContract,
    ...attachContract,
    ...channelContract,
    ...lossContract,
  ];
  for (const [title, body] of clauses) {
    test(`${name} › ${title}`, async (t) => {
      const harness = await open(t);
      await body(harness, { seatCount: 2, leaseMs: harness.leaseMs, logEntries: 8, logBytes: 4096 });
    });
  }
}
