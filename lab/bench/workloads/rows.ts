import type { Bench } from "../contest.ts";
import type { Figure } from "../figure.ts";
import type { Plan } from "../plan.ts";
import { attach } from "./attach.ts";
import { flatness } from "./flatness.ts";
import { idle, idleLacks } from "./idle.ts";
import { join } from "./join.ts";
import { latency } from "./latency.ts";
import { relay } from "./relay.ts";
import { setUp } from "./set-up.ts";
import { storm } from "./storm.ts";

/** Something that is measured by itself. */
export interface Workload {
  /** What `--only` takes, also in part from its beginning. */
  readonly key: string;
  /** Says what the machine lacks for it, if anything. */
  readonly lacks?: (plan: Plan) => string | undefined;
  readonly run: (bench: Bench) => Promise<readonly Figure[]>;
}

/** All workloads, in the order of the report. */
export const workloads: readonly Workload[] = [
  { key: "relay-400", run: relay("relay 400 B", 400) },
  { key: "relay-3k", run: relay("relay 3 KB", 3 * 1024) },
  { key: "relay-14k", run: relay("relay 14 KB", 14 * 1024) },
  { key: "join", run: join },
  { key: "attach", run: attach },
  { key: "set-up", run: setUp },
  { key: "latency", run: latency(1000) },
  { key: "storm", run: storm },
  { key: "flatness", run: flatness },
  { key: "idle", lacks: idleLacks, run: idle },
];
