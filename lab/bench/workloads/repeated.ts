import { type Bench, type Contender, contest, type Cost } from "../contest.ts";
import type { Figure } from "../figure.ts";
import { Samples } from "../samples.ts";
import type { ServerName } from "../servers/rows.ts";

/** A workload whose samples are all made in the same way. */
export interface Repeated {
  readonly name: string;
  readonly servers: readonly ServerName[];
  readonly flags: readonly string[];
  /** Runs once for each server: what a sample needs, and the warm-up. */
  readonly prepare: (contender: Contender, bench: Bench) => Promise<unknown>;
  /** Makes one sample. */
  readonly sample: (contender: Contender, bench: Bench) => Promise<Cost>;
  /** Keeps what is wanted of a sample; its cost per operation, unless it says something else. */
  readonly keep?: (samples: Samples, server: ServerName, cost: Cost) => void;
}

/** Prepares all servers of a workload, then has them take turns, run by run, each time beginning with another one. */
export function repeated(workload: Repeated): (bench: Bench) => Promise<readonly Figure[]> {
  const { name, servers, flags, prepare, sample } = workload;
  const keep = workload.keep ?? ((samples, server, cost) => samples.addCost(server, cost));
  return (bench) => {
    const { plan, say } = bench;
    return contest(bench, servers, { flags, slots: plan.slots }, async (contenders) => {
      const samples = new Samples(name);
      say(`${name}: warming up`);
      for (const contender of contenders) await prepare(contender, bench);
      for (let run = 1; run <= plan.runs; run += 1) {
        say(`${name}: run ${run} of ${plan.runs}`);
        for (const contender of rotated(contenders, run))
          keep(samples, contender.name, await sample(contender, bench));
      }
      return samples.all;
    });
  };
}

/** The same turns, begun later: what comes after whom is the same for all, who comes first is not. */
export function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = by % Math.max(1, items.length);
  return [...items.slice(at), ...items.slice(0, at)];
}
