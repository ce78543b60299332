import { setTimeout as wait } from "node:timers/promises";
import { descriptorLimit } from "../../../packages/server/src/descriptor-limit.ts";
import { type Bench, type Contender, contest } from "../contest.ts";
import type { Figure } from "../figure.ts";
import type { Plan } from "../plan.ts";
import { residentBytes } from "../measure/resident.ts";
import { Samples } from "../samples.ts";
import type { ServerName } from "../servers/rows.ts";
import { serviceFlags } from "./settings.ts";

/**
 * What websockets cost that only are there: resident memory for each beyond what the server took before, and CPU. The
 * service pings each every 5 s and renews its seat; the others do what they do by default. All are idle at the same time, and
 * each run has fresh servers.
 */
export async function idle(bench: Bench): Promise<readonly Figure[]> {
  const { idleSizes: sizes, idleRuns } = bench.plan;
  const samples = new Map(sizes.map((size) => [size, new Samples(idleName(size))]));
  for (let run = 1; run <= idleRuns; run += 1) {
    bench.say(`idle sockets: run ${run} of ${idleRuns}`);
    const { slots } = bench.plan;
    await contest(bench, contenders, { flags: serviceFlags.defaults, slots }, (all) =>
      fill(bench, all, samples),
    );
  }
  return [...samples.values()].flatMap(({ all }) => all);
}

/** What is missing for so many sockets, in a sentence, if anything is. */
export function idleLacks({ idleSizes }: Plan): string | undefined {
  const needed = Math.max(...idleSizes) + spareDescriptors;
  const limit = descriptorLimit() ?? Infinity;
  return limit < needed
    ? `a server of idle sockets needs ${needed} open files, and the limit is ${limit}: raise it with ulimit -n ${needed}`
    : undefined;
}

/** The name of the workload with so many sockets. */
export function idleName(sockets: number): string {
  return `${sockets.toLocaleString("en")} idle sockets`;
}

const contenders: readonly ServerName[] = ["ours", "floor", "socketIo", "peerJs", "yWebrtc"];

/** What a process has open beside the sockets: files, connections for requests, Redis. */
const spareDescriptors = 400;

async function fill(
  { plan, say }: Bench,
  all: readonly Contender[],
  samples: ReadonlyMap<number, Samples>,
): Promise<void> {
  const { slots } = plan;
  for (const contender of all) {
    // What a server loads and compiles for its first sockets is not the sockets' own.
    await contender.play({ play: "seat", peers: plan.idleWarmUp, slots });
    await contender.play({ play: "attach", slots });
    await contender.play({ play: "detach" });
  }
  await wait(plan.settleMs / 4);
  const before = all.map(({ server }) => residentBytes(server.pid));
  const attached = all.map(() => 0);
  for (const [size, kept] of samples) {
    say(`idle sockets: opening ${size} at each`);
    for (const [at, contender] of all.entries()) {
      await contender.play({ play: "seat", peers: size, slots });
      attached[at] = (attached[at] ?? 0) + (await contender.play({ play: "attach", slots })).ops;
    }
    await wait(plan.settleMs);
    for (const [at, { name, server }] of all.entries()) {
      kept.add(name, "ops", attached[at] ?? 0);
      kept.add(name, "residentKb", (residentBytes(server.pid) - (before[at] ?? 0)) / 1024 / size);
    }
    const costs = await Promise.all(all.map((contender) => contender.rest(plan.watchMs)));
    for (const [at, { serverUs, redisUs, elapsedMs }] of costs.entries()) {
      const name = all[at]?.name ?? "ours";
      kept.add(name, "idleShare", serverUs / 10 / elapsedMs);
      kept.add(name, "redisIdleShare", redisUs / 10 / elapsedMs);
    }
  }
}
