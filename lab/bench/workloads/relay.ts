import type { Order } from "../load/orders.ts";
import type { Plan } from "../plan.ts";
import { serverNames } from "../servers/rows.ts";
import { repeated } from "./repeated.ts";
import { serviceFlags } from "./settings.ts";

/** Signals of one size at saturation, from a poster to the one who listens, on some dozens of calls. */
export function relay(name: string, bodyBytes: number): ReturnType<typeof repeated> {
  const order = (plan: Plan, until: "warmUp" | "sample"): Order => {
    return { play: "relay", bodyBytes, slots: plan.slots, until: plan[until] };
  };
  return repeated({
    name,
    servers: serverNames,
    flags: serviceFlags.longLease,
    prepare: async (contender, { plan }) => {
      await contender.play({ play: "open lines", lines: plan.lines });
      await contender.play(order(plan, "warmUp"));
    },
    sample: (contender, { plan }) => contender.play(order(plan, "sample")),
  });
}
