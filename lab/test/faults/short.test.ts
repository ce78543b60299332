import assert from "node:assert/strict";
import test from "node:test";
import { isHeld, tableOf } from "../../faults/figures.ts";
import { faults } from "../../faults/rows.ts";
import { runUnderLoad } from "../../faults/under-load.ts";
import { World } from "../../faults/world.ts";

/** The faults that break most, once each. Times are held by `npm run faults`, not here. */
const chosen = new Set(["redis-empty", "commands-killed", "server-sigkill", "rolling-restart"]);

for (const fault of faults.filter(({ name }) => chosen.has(name)))
  test(`faults › ${fault.does}: nothing is lost untold, heard twice, out of order or foreign`, async () => {
    const { figures, words } = await runUnderLoad(fault, 1, () => {});
    const broken = figures.filter((figure) => figure.unit !== "ms" && !isHeld(figure));
    assert.equal(broken.length, 0, `${tableOf(broken)}\n${words.join("\n")}`);
  });

test("faults › a delivery that is dropped, doubled or forged between server and client is found", async () => {
  const isSignal = (bytes: Buffer): boolean => bytes[0] === 0x81 && bytes.includes("CANDIDATE");
  const enough = Promise.withResolvers<void>();
  let seen = 0;
  const plant = (bytes: Buffer): Buffer => {
    if (!isSignal(bytes)) return bytes;
    seen += 1;
    if (seen === 40) enough.resolve();
    if (seen % 4 === 0) return Buffer.alloc(0);
    if (seen % 4 === 1) return Buffer.concat([bytes, bytes]);
    return seen % 4 === 2 ? Buffer.from(bytes.toString("latin1").replace("edge.", "egde."), "latin1") : bytes;
  };
  const world = await World.start({ calls: 0, edge: true, servers: 1, everyMs: 20, plant });
  try {
    await enough.promise;
    const { lost, twice, foreign } = await world.judge();
    assert.ok(lost.length > 0 && twice.length > 0 && foreign.length > 0);
  } finally {
    await world.end();
  }
});
