import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";

const folder = join(dirname(import.meta.dirname), "examples");
const run = promisify(execFile);

/** What each example prints. */
const printed: ReadonlyMap<string, string> = new Map([["embedded-server.mjs", "PEER \nOFFER hello\n"]]);

test("examples › each has a test here", () => {
  const programs = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  assert.deepEqual(programs, [...printed.keys()]);
});

for (const [name, expected] of printed) {
  test(`examples › ${name} runs and prints what it should`, async () => {
    const { stdout } = await run(process.execPath, [join(folder, name)]);
    assert.equal(stdout, expected);
  });
}
