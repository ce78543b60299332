import { setTimeout as wait } from "node:timers/promises";
import { descriptorLimit } from "../../src/descriptor-limit.ts";
import { type Bench, type Contender, contest } from "../contest.ts";
import type { Figure } from "../figure.ts";
import { residentBytes } from "../measure/resident.ts";
import { Samples } from "../samples.ts";
import type { ServerName } from "../servers/rows.ts";
import { serviceFlags } from "./settings.ts";

/**
 * What websockets cost that only are there: resident memory for each beyond what the server took before, and CPU. The
 * service pings each every 5 s and renews its seat; the others do what they do by default. Each sample has a fresh server.
 */
export async function idle(bench: Bench): Promise<readonly Figure[]> {
  const { idleSizes: sizes, idleRuns } = bench.plan;
  const needed = Math.max(...sizes) + spareDescriptors;
  const limit = descriptorLimit() ?? Infinity;
  if (limit < needed)
    throw new Error(
      `${needed} open files are needed, and the limit is ${limit}: raise it, \`ulimit -n ${needed}\``,
    );
  const samples = new Map(sizes.map((size) => [size, new Samples(idleName(size))]));
  for (let run = 1; run <= idleRuns; run += 1)
    for (const name of contenders.filter((one) => bench.chosen.includes(one))) {
      bench.say(`idle sockets: run ${run} of ${idleRuns}, ${name}`);
      const slots = bench.plan.slots;
      await contest(bench, [name], { flags: serviceFlags.defaults, slots }, async ([contender]) => {
        if (contender !== undefined) await fill(bench, contender, samples);
      });
    }
  return [...samples.values()].flatMap(({ all }) => all);
}

/** The name of the workload with so many sockets. */
export function idleName(sockets: number): string {
  return `${sockets.toLocaleString("en")} idle sockets`;
}

const contenders: readonly ServerName[] = ["ours", "floor", "socketIo", "peerJs", "yWebrtc"];

/** What a process has open beside the sockets: files, connections for requests, Redis. */
const spareDescriptors = 400;

async function fill({ plan }: Bench, contender: Contender, samples: Map<number, Samples>): Promise<void> {
  const { slots } = plan;
  const { pid } = contender.server;
  // What a server loads and compiles for its first sockets is not the sockets' own.
  await contender.play({ play: "seat", peers: plan.idleWarmUp, slots });
  await contender.play({ play: "attach", slots });
  await contender.play({ play: "detach" });
  await wait(plan.settleMs / 4);
  const before = residentBytes(pid);
  let attached = 0;
  for (const [size, kept] of samples) {
    await contender.play({ play: "seat", peers: size, slots });
    attached += (await contender.play({ play: "attach", slots })).ops;
    kept.add(contender.name, "ops", attached);
    await wait(plan.settleMs);
    kept.add(contender.name, "residentKb", (residentBytes(pid) - before) / 1024 / size);
    const cost = await contender.rest(plan.watchMs);
    kept.add(contender.name, "idleShare", cost.serverUs / 10 / cost.elapsedMs);
    kept.add(contender.name, "redisIdleShare", cost.redisUs / 10 / cost.elapsedMs);
  }
}
