/** What the service costs, beside a bare floor and services like it: `npm run bench`. README.md says how it is measured. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type BenchOptions, OptionsError, readOptions } from "./options.ts";
import { chartOf } from "./report/chart.ts";
import { machineOf, reportOf } from "./report/report.ts";
import { runBench } from "./run-bench.ts";

const began = performance.now();
const root = resolve(import.meta.dirname, "../..");
const { plan, chosen, servers, json, write } = optionsOrExit();
if (process.platform !== "linux") exit("CPU time and memory are read from /proc, which only Linux has", 1);

for (const { lacks } of chosen) {
  const lacking = lacks?.(plan);
  if (lacking !== undefined) exit(lacking, 1);
}
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(signal, () => process.exit(code));

const figures = await runBench(chosen, { plan, chosen: servers, say });
const machine = machineOf(plan.runs);
process.stdout.write(`${reportOf(figures, machine)}\n`);
if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine, figures }, undefined, 1)}\n`);
if (write) writeFileSync(resolve(root, "docs/performance.svg"), chartOf(figures));
say("done");

function say(line: string): void {
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`${seconds.padStart(5)} s  ${line}\n`);
}

function optionsOrExit(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (error instanceof OptionsError) exit(error.message, 2);
    throw error;
  }
}

function exit(reason: string, code: number): never {
  process.stderr.write(`bench: ${reason}\n`);
  process.exit(code);
}
