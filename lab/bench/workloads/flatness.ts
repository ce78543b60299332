import { type Bench, contest } from "../contest.ts";
import type { Figure } from "../figure.ts";
import { Samples } from "../samples.ts";
import { rotated } from "./repeated.ts";
import { serviceFlags } from "./settings.ts";

/**
 * What a relayed signal costs on more and more calls, each with one websocket: it should not depend on them. The floor is
 * beside it, since what the kernel does may. A process of each for each count, and the processes take turns.
 */
export async function flatness(bench: Bench): Promise<readonly Figure[]> {
  const { plan, say, chosen } = bench;
  // No call has two signals going, or few calls would have theirs sent together, and look cheaper.
  const slots = Math.min(...plan.callCounts);
  const wanted = plan.callCounts.flatMap((calls) =>
    names.filter((name) => chosen.includes(name)).map((name) => ({ name, calls })),
  );
  const samples = new Map(plan.callCounts.map((calls) => [calls, new Samples(callsName(calls))]));
  const flags = serviceFlags.longLease;
  await contest(
    bench,
    wanted.map(({ name }) => name),
    { flags, slots },
    async (contenders) => {
      const order = { play: "relay", bodyBytes: 400, slots } as const;
      const sides = contenders.map((contender, at) => ({ contender, calls: wanted[at]?.calls ?? 0 }));
      say("relay on many calls: warming up");
      for (const { contender, calls } of sides) {
        await contender.play({ play: "open lines", lines: calls });
        await contender.play({ ...order, until: plan.warmUp });
      }
      for (let run = 1; run <= plan.runs; run += 1) {
        say(`relay on many calls: run ${run} of ${plan.runs}`);
        for (const { contender, calls } of rotated(sides, run))
          samples.get(calls)?.addCost(contender.name, await contender.play({ ...order, until: plan.sample }));
      }
    },
  );
  return [...samples.values()].flatMap(({ all }) => all);
}

const names = ["ours", "floor"] as const;

/** The name of the workload on so many calls. */
export function callsName(calls: number): string {
  return `relay on ${calls.toLocaleString("en")} calls`;
}
