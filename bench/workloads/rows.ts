import type { Bench } from "../contest.ts";
import type { Figure } from "../figure.ts";
import { relay } from "./relay.ts";

/** Something that is measured by itself. */
export interface Workload {
  /** What `--only` takes, also in part from its beginning. */
  readonly key: string;
  /** What is done, a sentence of the report. */
  readonly does: string;
  readonly run: (bench: Bench) => Promise<readonly Figure[]>;
}

/** All workloads, in the order of the report. */
export const workloads: readonly Workload[] = [
  {
    key: "relay-400",
    does: "A signal of 400 bytes reaches the one other peer on its call; as many as the server takes.",
    run: relay("relay 400 B", 400),
  },
  {
    key: "relay-3k",
    does: "The same with 3 KB, a usual session description.",
    run: relay("relay 3 KB", 3 * 1024),
  },
  {
    key: "relay-14k",
    does: "The same with 14 KB, a large one.",
    run: relay("relay 14 KB", 14 * 1024),
  },
];
