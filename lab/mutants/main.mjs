// Plants one fault at a time in a copy of the tree and runs the tests that should catch it. A fault counts as caught
// only when an assertion failed: not for code that does not load, nor for a test that never ended. A survivor asks
// for a test. `npm run mutants -- prune` runs the faults whose names hold a word.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mutants } from "./list.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** How long the tests of one fault may take. Longer than they ever need. */
const patienceMs = 240_000;

const wanted = process.argv.slice(2).join(" ");
const chosen = mutants.filter(({ name }) => name.includes(wanted));
if (chosen.length === 0) fail(`no fault's name holds ${JSON.stringify(wanted)}`);
const copy = mkdtempSync(join(tmpdir(), "signals-mutants-"));
process.once("exit", () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
for (const part of ["packages", "demo", "lab", "test", "scripts", "package.json"])
  cpSync(join(root, part), join(copy, part), { recursive: true });
symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));

// What fails without a fault catches nothing.
const untouched = run([...new Set(chosen.flatMap(({ tests }) => tests))]);
if (untouched.status !== 0) fail(`the tests fail without any fault:\n${untouched.stdout}`);

let caught = 0;
for (const mutant of chosen) {
  const title = catcher(mutant);
  if (title !== undefined) caught += 1;
  console.log(
    title === undefined ? `SURVIVED  ${mutant.name}` : `caught    ${mutant.name}\n          by ${title}`,
  );
}
console.log(`\n${caught} caught of ${chosen.length} planted`);
process.exitCode = caught === chosen.length && caught > 0 ? 0 : 1;

/** The title of the test whose assertion failed, with the fault in place. */
function catcher({ name, file, find, replace, tests, title: only }) {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  const parts = source.split(find);
  if (parts.length !== 2) fail(`${name}: ${file} has its text ${parts.length - 1} times, not once`);
  writeFileSync(path, parts.join(replace));
  try {
    // One file after the other: the first that catches it is enough.
    for (const test of tests) {
      const title = failedAssertion(run([test], only).stdout);
      if (title !== undefined) return title;
    }
    return undefined;
  } finally {
    writeFileSync(path, source);
  }
}

/** `only`: of a file, the tests whose titles hold these words. */
function run(tests, only) {
  const pattern = only === undefined ? [] : [`--test-name-pattern=${only}`];
  const reporter = ["--test-reporter=./lab/mutants/assertions.mjs", "--test-reporter-destination=stdout"];
  return spawnSync(
    process.execPath,
    ["--test", "--test-isolation=none", "--test-timeout=60000", ...reporter, ...pattern, ...tests],
    {
      cwd: copy,
      env: { ...process.env, MODEL_END_ON_FAILURE: "1" },
      encoding: "utf8",
      timeout: patienceMs,
      killSignal: "SIGKILL",
    },
  );
}

function failedAssertion(output) {
  return /^assertion: (.*)$/m.exec(output)?.[1];
}

function fail(reason) {
  console.error(`npm run mutants: ${reason}`);
  process.exit(1);
}
