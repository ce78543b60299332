import type { Bench, Contender } from "../contest.ts";
import { repeated } from "./repeated.ts";
import { serviceFlags } from "./settings.ts";

/**
 * Attaches of peers that have joined before; beside them a bare upgrade with one text each way, and what others' clients
 * do until they can be reached. The closes between two samples are not counted.
 */
export const attach = repeated({
  name: "attach",
  servers: ["ours", "floor", "socketIo", "peerJs", "yWebrtc"],
  flags: serviceFlags.longLease,
  prepare: async (contender, bench) => {
    await contender.play({ play: "seat", peers: bench.plan.attaches, slots: bench.plan.slots });
    for (let round = 0; round < bench.plan.attachWarmUps; round += 1) await attachAll(contender, bench);
  },
  sample: attachAll,
});

async function attachAll(contender: Contender, { plan }: Bench) {
  const cost = await contender.play({ play: "attach", slots: plan.slots });
  await contender.play({ play: "detach" });
  return cost;
}
