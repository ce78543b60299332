import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import test from "node:test";
import { readOptions } from "../../bench/options.ts";
import { fullPlan, quickPlan } from "../../bench/plan.ts";
import { workloads } from "../../bench/workloads/rows.ts";

test("bench › measures everything fully by default", () => {
  const { plan, chosen, write } = readOptions([]);
  assert.equal(plan, fullPlan);
  assert.equal(chosen.length, workloads.length);
  assert.equal(write, false);
});

test("bench › takes the beginning of a workload's name, and names of servers", () => {
  const { plan, chosen, servers } = readOptions(["--quick", "--only", "relay", "--servers", "ours,floor"]);
  assert.equal(plan, quickPlan);
  assert.deepEqual(
    chosen.map(({ key }) => key),
    ["relay-400", "relay-3k", "relay-14k"],
  );
  assert.deepEqual(servers, ["ours", "floor"]);
});

test("bench › takes how often everything is measured", () => {
  const { plan } = readOptions(["--runs", "2"]);
  assert.deepEqual([plan.runs, plan.idleRuns, plan.sample], [2, 2, fullPlan.sample]);
  assert.throws(() => readOptions(["--runs", "0"]), /--runs 0 is no count/);
});

test("bench › refuses what it does not know, with what it does, and exits 2", () => {
  assert.throws(() => readOptions(["--only", "nothing"]), /--only nothing is none of relay-400, /);
  assert.throws(() => readOptions(["--servers", "ours,nginx"]), /--servers nginx is none of ours, /);
  const main = resolve(import.meta.dirname, "../../bench/main.ts");
  const { status, stderr } = spawnSync(process.execPath, [main, "--slow"], { encoding: "utf8" });
  assert.equal(status, 2);
  assert.match(stderr, /^bench: Unknown option '--slow'/);
});
