import assert from "node:assert/strict";
import test from "node:test";
import { BackendTime } from "../../src/calls/backend-time.ts";

test("backend time › promise 1 › is the last reply's time and what has passed since, whatever this process's clock says", () => {
  const time = new BackendTime();
  time.note(1_700_000_000_000, 5000.25);
  assert.equal(time.at(5000.25), 1_700_000_000_000);
  assert.equal(time.at(6000.5), 1_700_000_001_000);
  time.note(1_600_000_000_000, 7000);
  assert.equal(time.at(6990), 1_599_999_999_990);
});

test("backend time › before any reply there is none, which proves nothing", () => {
  assert.equal(new BackendTime().at(5000), 0);
});
