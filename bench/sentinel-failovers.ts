/**
 * What a failover costs: `npm run bench:sentinel -- <failovers>`. For each: a master with two replicas and three Sentinels
 * (down-after 500 ms), two processes, and calls on which one peer posts through the one and another listens at the other.
 * Prints, for docs/operations.md, how long nothing was served, and how many signals that were answered 200 were never heard.
 */
import { arch, cpus } from "node:os";
import { argv } from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { LastingPeer } from "../test/support/lasting-peer.ts";
import type { RedisServer } from "../test/support/redis.ts";
import { SentinelGroup } from "../test/support/sentinel.ts";
import { ServerProcess } from "../test/support/server-process.ts";
import { join, signal } from "../test/support/test-peer.ts";

const callsEach = 8;
/** What a poster waits between two signals: with the log's 256 entries, several seconds of signals can be caught up with. */
const pauseMs = 20;
const failovers = Number(argv[2] ?? 4);

/** How a master is lost. */
const faults: Readonly<Record<string, (master: RedisServer, group: SentinelGroup) => Promise<void>>> = {
  "killed (SIGKILL)": (master) => master.stop("SIGKILL"),
  "stood still (SIGSTOP)": async (master, group) => {
    master.pause();
    await group.successorOf(master);
    master.resume();
  },
  "replaced while it answers (SENTINEL FAILOVER)": async (_, { sentinels: [sentinel] }) =>
    void (await sentinel?.command("SENTINEL", "FAILOVER", "mymaster")),
};

process.stdout.write(
  `${cpus()[0]?.model ?? "unknown"}, ${arch()}, Node ${process.version}, ${failovers} failovers each, ${callsEach} calls\n`,
);
for (const [title, fault] of Object.entries(faults)) {
  const runs: Run[] = [];
  while (runs.length < failovers) runs.push(await run(fault));
  const total = (of: (one: Run) => number): number => runs.reduce((sum, one) => sum + of(one), 0);
  const silences = runs.map(({ silentMs }) => silentMs).toSorted((one, other) => one - other);
  const codes = Object.entries(
    Object.groupBy(
      runs.flatMap((one) => one.codes),
      String,
    ),
  );
  process.stdout.write(
    `${title}: nothing served for ${silences.join(", ")} ms; closes ${codes.map(([code, all]) => `${all?.length} × ${code}`).join(", ")}; ` +
      `${total((one) => one.answered)} signals answered 200, ${total((one) => one.lost)} of them never heard, ${total((one) => one.untold)} untold\n`,
  );
}

/** What came of one failover. `untold` are losses between two signals that one websocket has heard. */
type Run = {
  readonly silentMs: number;
  readonly codes: readonly number[];
  readonly answered: number;
  readonly lost: number;
  readonly untold: number;
};

async function run(fault: (master: RedisServer, group: SentinelGroup) => Promise<void>): Promise<Run> {
  const ends: (() => unknown)[] = [];
  const group = await SentinelGroup.start({ after: (remove) => void ends.push(remove) });
  const flags = ["--redis-sentinel", group.list, "--redis-master", "mymaster", "--ws-ping-interval", "1s"];
  const [a, b] = [await ServerProcess.start(...flags), await ServerProcess.start(...flags)];
  ends.push(() => Promise.all([a.end("SIGKILL"), b.end("SIGKILL")]));

  const former = await group.master();
  let faultedAt = Infinity;
  let servedAt = -Infinity;
  let silentMs = 0;
  const calls = await Promise.all(
    Array.from({ length: callsEach }, async (_, i) => {
      const ticket = await join(a.url, `call ${i}`);
      const listener = await LastingPeer.on(`call ${i}`, b.url);
      ends.push(() => listener.end());
      return { ticket, listener, answered: new Array<number>() };
    }),
  );
  const over = new AbortController();
  const posters = calls.map(async ({ ticket, answered }) => {
    for (let n = 0; !over.signal.aborted; n += 1) {
      const status = await signal(a.url, ticket, "OFFER", String(n));
      const now = performance.now();
      if (status === 200) {
        answered.push(n);
        if (servedAt > faultedAt || now > faultedAt)
          silentMs = Math.max(silentMs, now - Math.max(servedAt, faultedAt));
        servedAt = now;
      }
      await wait(pauseMs);
    }
  });
  await wait(1000);
  faultedAt = performance.now();
  await fault(former, group);
  const master = await group.successorOf(former);
  await Promise.all(calls.map(({ listener }) => listener.attachesAgain()));
  await group.untilRole(master, "master");
  await wait(1000);
  over.abort();
  await Promise.all(posters);
  await Promise.all(calls.map(({ listener, answered }) => listener.hears(String(answered.at(-1)))));

  let [answered, lost, untold] = [0, 0, 0];
  for (const call of calls) {
    const heard = call.listener.heard.map((bodies) => bodies.map(Number));
    const all = new Set(heard.flat());
    const missing = call.answered.filter((n) => !all.has(n));
    answered += call.answered.length;
    lost += missing.length;
    untold += missing.filter((n) => heard.some((one) => n > (one[0] ?? n) && n < (one.at(-1) ?? n))).length;
  }
  const codes = calls.flatMap(({ listener }) => listener.codes);
  for (const end of ends.toReversed()) await end();
  return { silentMs: Math.round(silentMs), codes, answered, lost, untold };
}
