/** What the service costs, beside a bare floor and services like it: `npm run bench`. Linux alone counts CPU so. */
import { writeFileSync } from "node:fs";
import { arch, cpus } from "node:os";
import { resolve } from "node:path";
import { buildService } from "./build-service.ts";
import type { Figure } from "./figure.ts";
import { OptionsError, readOptions } from "./options.ts";
import { tablesOf } from "./report/tables.ts";
import { targetsTable } from "./report/targets.ts";

const options = optionsOrExit();
if (process.platform !== "linux")
  exit("the bench reads CPU time and memory from /proc, which only Linux has");

const began = performance.now();
const say = (line: string): void => {
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  process.stderr.write(`${seconds.padStart(5)} s  ${line}\n`);
};

say("building the service");
const cli = buildService(resolve(import.meta.dirname, "../dist"));
const figures: Figure[] = [];
for (const { run } of options.chosen)
  figures.push(...(await run({ plan: options.plan, cli, chosen: options.servers, say })));

const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${arch()}, Node ${process.version}, ${options.plan.runs} runs`;
process.stdout.write(`${machine}\n\n${tablesOf(figures)}\n\n### Targets\n\n${targetsTable(figures)}\n`);
if (options.json !== undefined)
  writeFileSync(options.json, JSON.stringify({ machine, figures }, undefined, 1));

function optionsOrExit(): ReturnType<typeof readOptions> {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (error instanceof OptionsError) exit(error.message, 2);
    throw error;
  }
}

function exit(reason: string, code = 1): never {
  process.stderr.write(`bench: ${reason}\n`);
  process.exit(code);
}
