import { setTimeout as wait } from "node:timers/promises";
import type { Contender } from "../contest.ts";
import { percentileOf } from "../measure/statistics.ts";
import { repeated } from "./repeated.ts";
import { serviceFlags } from "./settings.ts";

/** Everybody's websocket is cut at once, and everybody attaches again as fast as they are let in, in the seat that is held. */
export const storm = repeated({
  name: "reconnect storm",
  servers: ["ours", "floor", "socketIo", "peerJs", "yWebrtc"],
  flags: serviceFlags.longLease,
  prepare: async (contender, { plan }) => {
    const slots = plan.slots;
    await contender.play({ play: "seat", peers: plan.stormPeers, slots });
    await contender.play({ play: "attach", slots });
    for (let round = 0; round < plan.attachWarmUps; round += 1) await inject(contender);
  },
  sample: inject,
  keep: (samples, server, cost) => {
    samples.add(server, "allBackMs", cost.elapsedMs);
    samples.add(server, "p99", percentileOf(cost.latenciesMs, 99));
    samples.addCpu(server, cost);
  },
});

async function inject(contender: Contender) {
  const cost = await contender.play({ play: "storm", slots: atOnce });
  // What the cut left to do at the server is over before the next one.
  await wait(200);
  return cost;
}

/**
 * How many are on their way in at a time: less than the 511 that Node lets wait to be accepted. The kernel drops what is
 * more, and tries again a second later, for every server alike, and that second would be all there is to see.
 */
const atOnce = 400;
