import type { DialectName } from "./dialects.ts";

/** When a play that goes on by itself ends: after so many milliseconds, or so many operations in all processes together. */
export type Until = { readonly ms: number } | { readonly ops: number };

/** What a generator process is told to do. Counts are those of all processes together; each takes its share. */
export type Order =
  | { readonly play: "visit"; readonly dialect: DialectName; readonly port: number; readonly slots: number }
  | { readonly play: "open lines"; readonly lines: number }
  | { readonly play: "relay"; readonly bodyBytes: number; readonly slots: number; readonly until: Until }
  | { readonly play: "pace"; readonly bodyBytes: number; readonly perSecond: number; readonly ops: number }
  | { readonly play: "join"; readonly slots: number; readonly until: Until }
  | { readonly play: "set up"; readonly slots: number; readonly until: Until }
  | { readonly play: "seat"; readonly peers: number; readonly slots: number }
  | { readonly play: "attach"; readonly slots: number }
  | { readonly play: "detach" }
  | { readonly play: "storm"; readonly slots: number };

/** Which share of an order a process takes. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

/** What came of an order in one process, or in all together. */
export interface Outcome {
  /** Operations that were wholly done. */
  readonly ops: number;
  /** From the order's start to its last operation, in milliseconds. */
  readonly elapsedMs: number;
  /** How long each took, in milliseconds, where that is asked. */
  readonly latenciesMs: readonly number[];
}

/** What a process answers. */
export type Answer = { readonly outcome: Outcome } | { readonly failed: string };

/** How many of `total` are this process's. */
export function shareOf(total: number, { index, of }: Share): number {
  return Math.floor((total + of - 1 - index) / of);
}
