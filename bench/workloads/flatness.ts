import { type Bench, contest } from "../contest.ts";
import type { Figure } from "../figure.ts";
import { Samples } from "../samples.ts";
import { serviceFlags } from "./settings.ts";

/**
 * What a relayed signal costs on more and more calls, each with one websocket: it should not depend on them. A process of
 * the service for each count, and the processes take turns.
 */
export function flatness({ plan, say, ...bench }: Bench): Promise<readonly Figure[]> {
  const { callCounts, slots } = plan;
  const names = callCounts.map(() => "ours" as const);
  return contest({ plan, say, ...bench }, names, { flags: serviceFlags.longLease, slots }, async (all) => {
    const order = { play: "relay", bodyBytes: 400, slots } as const;
    const sides = all.map((contender, at) => {
      const calls = callCounts[at] ?? 0;
      return { contender, calls, samples: new Samples(callsName(calls)) };
    });
    say("relay on many calls: warming up");
    for (const { contender, calls } of sides) {
      await contender.play({ play: "open lines", lines: calls });
      await contender.play({ ...order, until: plan.warmUp });
    }
    for (let run = 1; run <= plan.runs; run += 1) {
      say(`relay on many calls: run ${run} of ${plan.runs}`);
      for (const { contender, samples } of sides)
        samples.addCost("ours", await contender.play({ ...order, until: plan.sample }));
    }
    return sides.flatMap(({ samples }) => samples.all);
  });
}

/** The name of the workload on so many calls. */
export function callsName(calls: number): string {
  return `relay on ${calls.toLocaleString("en")} calls`;
}
