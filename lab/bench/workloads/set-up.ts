import { repeated } from "./repeated.ts";
import { serviceFlags } from "./settings.ts";

/** Whole calls at saturation: two joins, two attaches, an offer, an answer, 20 candidates, a leave. */
export const setUp = repeated({
  name: "call set-up",
  servers: ["ours", "floor", "socketIo", "peerJs", "yWebrtc"],
  flags: serviceFlags.defaults,
  prepare: (contender, { plan }) =>
    contender.play({ play: "set up", slots: plan.setUpSlots, until: plan.warmUp }),
  sample: (contender, { plan }) =>
    contender.play({ play: "set up", slots: plan.setUpSlots, until: plan.sample }),
});
