import type { Findings } from "./findings.ts";
import { runRequests } from "./http-run.ts";
import type { Options } from "./options.ts";
import { say } from "./say.ts";
import { rules } from "./rfc6455.ts";
import { Target } from "./target.ts";
import { runWebsockets } from "./websocket-run.ts";

const rounds = 5;
/** What a round of thirty thousand cases may leave: a few bytes for each. */
const growthBytes = 128 * 1024;

/** Mutated websocket streams and requests in five rounds, on a server that logs all it can, with a look at its memory after each. */
export async function runMutants(options: Options, findings: Findings): Promise<void> {
  const { plant } = options;
  const target = await Target.start(["--log-level", "trace"], plant === undefined ? {} : { plant });
  const { url, handedOut } = target;
  const { seed } = options;
  const cases = new Map<string, number>();
  const kept: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [streams, requests] = [Math.ceil(options.streams / rounds), Math.ceil(options.requests / rounds)];
    const common = { url, seed, findings, handedOut };
    const firsts = [options.first + round * streams, options.first + round * requests] as const;
    try {
      const websockets = await runWebsockets({ ...common, first: firsts[0], count: streams });
      const http = await runRequests({ ...common, first: firsts[1], count: requests });
      for (const [rule, count] of websockets.rules.counts) cases.set(rule, (cases.get(rule) ?? 0) + count);
      kept.push(await target.kept());
      say(`round ${round + 1}: ${streams} streams (${String(websockets.ends)})`);
      say(`  ${requests} requests (${String(http.statuses)}); ${mebibytes(kept.at(-1))} kept`);
    } catch (error) {
      return findings.add("crash", (await target.died()) ?? String(error));
    }
    const died = await target.died();
    if (died !== undefined) return findings.add("crash", died);
  }
  const grownBytes = growthPerRound(kept);
  say(`memory: ${mebibytes(grownBytes)} more after each round (median)`);
  if (grownBytes > growthBytes) findings.add("memory grows", kept.map(mebibytes).join(", "));
  for (const bug of target.bugs()) findings.add("bug", bug.slice(0, 1000));
  const leaks = target.leaked();
  say(
    `sessions: ${target.sessions.size} handed out, ${leaks.length} in ${target.server.log.length} lines of output`,
  );
  for (const _ of leaks) findings.add("session in the output", "not shown");
  const code = await target.end();
  say(`exit code after SIGTERM: ${code}`);
  if (code !== 0) findings.add("crash", `exit code ${code} after SIGTERM`);
  say("RFC 6455:");
  for (const { section, rule } of rules) say(`  ${section.padEnd(6)} ${rule}: ${cases.get(rule) ?? 0} cases`);
}

/** The lower median step from one round to the next: one collection of compiled code hides no leak, nor makes one. */
function growthPerRound(kept: readonly number[]): number {
  const steps = kept.slice(1).map((bytes, at) => bytes - (kept[at] ?? 0));
  return steps.toSorted((one, other) => one - other)[Math.floor((steps.length - 1) / 2)] ?? 0;
}

function mebibytes(bytes = 0): string {
  return `${(bytes / 1024 / 1024).toFixed(2)} MiB`;
}
