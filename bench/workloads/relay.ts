import { type Bench, contest } from "../contest.ts";
import type { Figure } from "../figure.ts";
import { Samples } from "../samples.ts";
import { serverNames } from "../servers/rows.ts";

/** Signals of one size at saturation, from a poster to the one who listens, on some dozens of calls. */
export function relay(name: string, bodyBytes: number): (bench: Bench) => Promise<readonly Figure[]> {
  return (bench) => {
    const { plan, say } = bench;
    const samples = new Samples(name);
    return contest(bench, serverNames, { flags: longLease, slots: plan.slots }, async (contenders) => {
      const order = { play: "relay", bodyBytes, slots: plan.slots } as const;
      for (const contender of contenders) {
        await contender.play({ play: "open lines", lines: plan.lines });
        await contender.play({ ...order, until: plan.warmUp });
      }
      for (let run = 1; run <= plan.runs; run += 1) {
        say(`${name}: run ${run} of ${plan.runs}`);
        for (const contender of contenders)
          samples.addCost(contender.name, await contender.play({ ...order, until: plan.sample }));
      }
      return samples.all;
    });
  };
}

/** Posters hold their seats without a websocket, and no ping falls into a sample: presence is measured apart. */
const longLease = "--seat-timeout 1h --ws-read-timeout 30m --ws-ping-interval 20m".split(" ");
