/** Breaks everything a deployment stands on while clients talk, and judges what they saw: `npm run faults`. */
import { arch, cpus } from "node:os";
import { isHeld, tableOf } from "./figures.ts";
import { readOptions } from "./options.ts";
import { rows } from "./rows.ts";

const out = (line: string): void => void process.stdout.write(`${line}\n`);
const options = readOptions(process.argv.slice(2), rows, Math.floor(Math.random() * 2 ** 31));
if ("text" in options) {
  out(options.text);
  process.exit(options.exitCode);
}
const { only, times, seed } = options;

const began = performance.now();
const say = (line: string): void =>
  out(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`);
out(
  `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${arch()}, Node ${process.version}, seed ${seed}, ${times} times`,
);

const figures = [];
for (const { name, does, run } of rows.filter((row) => only.includes(row.name))) {
  say(`${name}: ${does}`);
  try {
    const outcome = await run({ times, seed, say });
    figures.push(...outcome.figures);
    for (const words of outcome.words) say(`${name}: ${words}`);
  } catch (error) {
    say(`${name}: broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    figures.push({ row: name, name: "ran to its end", unit: "" as const, samples: [0], least: 1 });
  }
}

out(`\n${tableOf(figures)}\n`);
const broken = figures.filter((figure) => !isHeld(figure));
out(`${figures.length - broken.length} figures held, ${broken.length} broken`);
process.exit(broken.length === 0 ? 0 : 1);
