import assert from "node:assert/strict";
import test from "node:test";
import { callNameProblem } from "webrtc-signals-protocol";
import { explore } from "./explore.ts";
import { nastyNames } from "./names.ts";
import { openMemory, openRedis } from "./worlds.ts";

/** What a run that is worth its name has met. */
const everyOutcome = [
  "attach gone",
  "attach lost",
  "attach ok",
  "holds gone",
  "holds ok",
  "join full",
  "join ok",
  "leave gone",
  "leave ok",
  "publish gone",
  "publish ok",
  "renew gone",
  "renew left",
  "renew lost",
  "renew ok",
  "renew replaced",
  "resync absent",
  "resync ok",
  "resync other",
  "resync trimmed",
];

for (const [name, open, operations] of [
  ["memory", openMemory, 6000],
  ["redis", openRedis, 4000],
] as const) {
  test(`model › promises 1 to 8 › every reply and message of the ${name} backend is the reference's`, async (t) => {
    const { world, ear, close } = await open();
    t.after(close);
    const outcomes = await explore(world, ear, { operations, seed: 1 });
    assert.deepEqual([...outcomes.keys()].toSorted(), everyOutcome);
  });
}

test("model › the names it runs with are names a call may have", () => {
  assert.deepEqual(
    nastyNames.map((name) => callNameProblem(name)),
    nastyNames.map(() => undefined),
  );
});
