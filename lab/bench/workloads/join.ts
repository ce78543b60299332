import { repeated } from "./repeated.ts";
import { serviceFlags } from "./settings.ts";

/** Joins at saturation; beside them a bare GET answered 200 with as much JSON. */
export const join = repeated({
  name: "join",
  servers: ["ours", "floor"],
  flags: serviceFlags.defaults,
  prepare: (contender, { plan }) => contender.play({ play: "join", slots: plan.slots, until: plan.warmUp }),
  sample: (contender, { plan }) => contender.play({ play: "join", slots: plan.slots, until: plan.sample }),
});
