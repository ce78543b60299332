import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type Plan, ScheduledRun, type Step } from "./scheduled-run.ts";

/** For those who only ask whether it fails: the smallest run that does is not looked for. */
const endOnFailure = process.env["MODEL_END_ON_FAILURE"] === "1";

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("publish" as const), by: fc.nat({ max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cut" as const), by: fc.constant(0) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("refuse" as const), by: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("pass" as const), by: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("attach" as const, "break" as const, "drain" as const, "speak" as const),
      who: fc.nat({ max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), who: fc.nat({ max: 9 }) }) },
);

const plan: fc.Arbitrary<Plan> = fc.record({
  leaseMs: fc.constantFrom(60_000, 60_000, 3000),
  logEntries: fc.constantFrom(256, 4, 8),
  clients: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
  steps: fc.array(step, { minLength: 1, maxLength: 25, size: "max" }),
});

test("schedule › promises 3 to 10 › hold for one process in whatever order replies, messages and frames come", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), plan, async (scheduler, planned) => {
      assert.deepEqual(await ScheduledRun.of(scheduler, planned), []);
    }),
    { seed: 1, numRuns: 200, endOnFailure },
  );
});
