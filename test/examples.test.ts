import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { serve } from "../lab/wire/serve.ts";

const folder = join(dirname(import.meta.dirname), "examples");
const run = promisify(execFile);

/** The lines that each example prints. Each gets the URL of a service. */
const printed: ReadonlyMap<string, readonly string[]> = new Map([
  ["embedded-server.mjs", ["PEER ", "OFFER hello"]],
  [
    "seed-protocol.mjs",
    [
      "first received WELCOME ",
      "first received PEER ",
      "first received ANSWER an answer to my description",
      "closed: 1000 left",
      "closed: 1000 left",
    ],
  ],
]);

test("examples › each has a test here", () => {
  const programs = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
  assert.deepEqual(programs, [...printed.keys()]);
});

for (const [name, expected] of printed) {
  test(`examples › ${name} runs and prints what it should`, async (t) => {
    const { url } = await serve(t);
    const { stdout } = await run(process.execPath, [join(folder, name), url]);
    assert.deepEqual(stdout.trimEnd().split("\n"), expected);
  });
}
