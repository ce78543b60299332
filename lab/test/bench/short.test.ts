import assert from "node:assert/strict";
import test from "node:test";
import type { Figure } from "../../bench/figure.ts";
import { tinyPlan as plan } from "../../bench/plan.ts";
import { chartOf } from "../../bench/report/chart.ts";
import { reportOf } from "../../bench/report/report.ts";
import { runBench } from "../../bench/run-bench.ts";
import { serverNames, servers } from "../../bench/servers/rows.ts";
import { callsName } from "../../bench/workloads/flatness.ts";
import { idleName } from "../../bench/workloads/idle.ts";
import { workloads } from "../../bench/workloads/rows.ts";

const rivals = ["ours", "floor", "socketIo", "peerJs", "yWebrtc"];
const relays = { servers: [...rivals, "oursAgain"], ops: 24 };
/** What a tiny run has to have done: by workload the servers, and the operations of a sample. */
const expected: Readonly<Record<string, { readonly servers: readonly string[]; readonly ops: number }>> = {
  "relay 400 B": relays,
  "relay 14 KB": relays,
  join: { servers: ["ours", "floor"], ops: 24 },
  attach: { servers: rivals, ops: plan.attaches },
  "call set-up": { servers: rivals, ops: 24 },
  "1,000 signals a second": { servers: rivals, ops: 100 },
  "reconnect storm": { servers: rivals, ops: plan.stormPeers },
  ...Object.fromEntries(
    plan.callCounts.map((calls) => [callsName(calls), { servers: ["ours", "floor"], ops: 24 }]),
  ),
  ...Object.fromEntries(plan.idleSizes.map((size) => [idleName(size), { servers: rivals, ops: size }])),
};

let figures: readonly Figure[] = [];

test("bench › does every operation of every workload at every server", async () => {
  // 3 KB is between the two others, and shown by them.
  const chosen = workloads.filter(({ key }) => key !== "relay-3k");
  figures = await runBench(chosen, { plan, chosen: serverNames, say: () => {} });
  for (const [workload, { servers: names, ops }] of Object.entries(expected)) {
    const counts = figures.filter((figure) => figure.workload === workload && figure.measure === "ops");
    const found = Object.fromEntries(counts.map(({ server, samples }) => [server, samples]));
    assert.deepEqual(found, Object.fromEntries(names.map((name) => [name, [ops]])), workload);
  }
});

test("bench › reports every workload, and every server of it", () => {
  const report = reportOf(figures, "a machine");
  for (const [workload, { servers: names }] of Object.entries(expected)) {
    const [, table = ""] = report.split(`### ${workload}\n`);
    const [own = ""] = table.split("\n### ");
    for (const name of serverNames)
      assert.equal(own.includes(`| ${servers[name].name} |`), names.includes(name), `${workload}, ${name}`);
  }
  assert.match(report, /\d+ targets reached, \d+ missed\./);
  assert.equal([...chartOf(figures).matchAll(/class="title"/g)].length, 4);
});
