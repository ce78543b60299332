import { setTimeout as wait } from "node:timers/promises";
import { type Attack, attacks } from "./attacks/index.ts";
import { Bystanders, type Measured } from "./bystanders.ts";
import type { Findings } from "./findings.ts";
import type { Options } from "./options.ts";
import { say } from "./say.ts";
import { Target } from "./target.ts";

/** As long as an attack: a p99 of fewer signals says less. */
const aloneMs = 12_000;
const attackMs = 12_000;
/** What others on this machine do to one measurement they rarely do to three. */
const mostTries = 3;

/** Each attack for a while, one after the other, with a look at how the well-behaved fare and whether the process lives. */
export async function runAttacks({ seed }: Options, findings: Findings): Promise<void> {
  const target = await Target.start([
    "--seat-count",
    "60",
    "--request-timeout",
    "3s",
    "--ws-join-timeout",
    "3s",
  ]);
  const bystanders = await Bystanders.start(target.url);
  for (const session of bystanders.sessions) target.handedOut(session);
  // What runs first runs slower: the code is not yet compiled.
  await bystanders.during(() => wait(5000));
  for (const attack of attacks) {
    await measure(attack.title, bystanders, findings, () => attackOnce(attack, target, seed, findings));
    const died = await target.died();
    if (died !== undefined) return findings.add("crash", `${attack.title}: ${died}`);
    await wait(3000);
  }
  bystanders.end();
  for (const bug of target.bugs()) findings.add("bug", bug.slice(0, 1000));
  for (const _ of target.leaked()) findings.add("session in the output", "not shown");
  const code = await target.end();
  if (code !== 0) findings.add("crash", `exit code ${code} after SIGTERM`);
}

async function attackOnce(attack: Attack, target: Target, seed: number, findings: Findings): Promise<string> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), attackMs);
  const url = new URL(target.url);
  const came = await attack.run({ url, seed, findings, handedOut: target.handedOut, until: stop.signal });
  clearTimeout(timer);
  return String(came);
}

/**
 * Has something done while the well-behaved go on, and holds what they met against what they met alone just before.
 * Where that was too slow it is done again: a slow server is slow each time, a busy machine is not.
 */
export async function measure(
  title: string,
  bystanders: Bystanders,
  findings: Findings,
  work: () => Promise<string>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const alone = await bystanders.during(() => wait(aloneMs));
    let came = "";
    const measured = await bystanders.during(async () => (came = await work()));
    const ratio = (measured.p99 / alone.p99).toFixed(2);
    say(`${title}: ${shown(measured)}; alone ${shown(alone)}; ${ratio} times; ${came}`);
    const { broken, lost } = measured;
    if (broken.length > 0 || lost > 0)
      findings.add(
        "well-behaved clients broken",
        `${title}: ${lost} lost; ${[...new Set(broken)].join(", ")}`,
      );
    if (measured.p99 < 2 * alone.p99) return;
    if (tries === mostTries) return findings.add("p99 over twice its baseline", `${title}: ${ratio} times`);
  }
}

function shown({ count, p50, p99 }: Measured): string {
  return `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms of ${count}`;
}
