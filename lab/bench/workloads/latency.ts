import type { Bench, Contender } from "../contest.ts";
import { percentileOf } from "../measure/statistics.ts";
import { repeated } from "./repeated.ts";
import { serviceFlags } from "./settings.ts";

/** How long a signal of 400 bytes takes from when it is due to its receiver, at a fixed rate in an open loop. */
export function latency(perSecond: number): ReturnType<typeof repeated> {
  const paced = (contender: Contender, { plan }: Bench) =>
    contender.play({ play: "pace", bodyBytes: 400, perSecond, ops: Math.ceil(perSecond * plan.paceSeconds) });
  return repeated({
    name: `${perSecond.toLocaleString("en")} signals a second`,
    servers: ["ours", "floor", "socketIo", "peerJs", "yWebrtc"],
    flags: serviceFlags.longLease,
    prepare: async (contender, bench) => {
      const { lines, slots, warmUp } = bench.plan;
      await contender.play({ play: "open lines", lines });
      await contender.play({ play: "relay", bodyBytes: 400, slots, until: warmUp });
      await paced(contender, bench);
    },
    sample: paced,
    keep: (samples, server, cost) => {
      for (const [measure, percent] of [
        ["p50", 50],
        ["p99", 99],
        ["p999", 99.9],
      ] as const)
        samples.add(server, measure, percentileOf(cost.latenciesMs, percent));
      samples.addCpu(server, cost);
    },
  });
}
