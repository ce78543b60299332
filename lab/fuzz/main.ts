/** `npm run fuzz`: attacks a server of its own for minutes, prints what it found, and ends with 1 when that is anything. */
import { arch, cpus } from "node:os";
import { runDescriptors } from "./descriptors.ts";
import { Findings } from "./findings.ts";
import { runGuesses } from "./guesses.ts";
import { runMutants } from "./mutants.ts";
import { readOptions } from "./options.ts";
import { say } from "./say.ts";
import { runAttacks } from "./under-attack.ts";

const options = readOptions(process.argv.slice(2));
const findings = new Findings();
const runs = {
  mutants: () => runMutants(options, findings),
  attacks: () => runAttacks(options, findings),
  guesses: () => runGuesses(options, findings),
  descriptors: () => runDescriptors(findings),
};

say(
  `seed ${options.seed}; ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${arch()}, Node ${process.version}`,
);
for (const [part, run] of Object.entries(runs)) {
  if (!options.parts.includes(part)) continue;
  say(`\n# ${part}`);
  await run();
}
say(
  findings.count === 0
    ? "\nnothing found"
    : `\nfound, with seed ${options.seed}:\n${findings.lines().join("\n")}`,
);
process.exitCode = findings.count === 0 ? 0 : 1;
