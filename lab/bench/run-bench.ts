import type { Bench } from "./contest.ts";
import type { Figure } from "./figure.ts";
import type { Workload } from "./workloads/rows.ts";

/** Runs workloads one after the other and answers everything that was measured. @throws when a server or the load fails. */
export async function runBench(chosen: readonly Workload[], bench: Bench): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [at, { key, run }] of chosen.entries()) {
    bench.say(`${key}, workload ${at + 1} of ${chosen.length}`);
    figures.push(...(await run(bench)));
  }
  return figures;
}
