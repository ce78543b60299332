import assert from "node:assert/strict";
import test from "node:test";
import type { Figure, Measure } from "../../bench/figure.ts";
import { medianOf, percentileOf, ratiosOf } from "../../bench/measure/statistics.ts";
import { shown } from "../../bench/report/number.ts";
import { tablesOf } from "../../bench/report/tables.ts";
import { judge, verdictsTable } from "../../bench/report/targets.ts";
import type { ServerName } from "../../bench/servers/rows.ts";

function figure(workload: string, server: ServerName, measure: Measure, ...samples: number[]): Figure {
  return { workload, server, measure, samples };
}

test("bench › a median lies in the middle, a percentile is a sample", () => {
  assert.equal(medianOf([3, 1, 2]), 2);
  assert.equal(medianOf([4, 1, 2, 3]), 2.5);
  assert.equal(medianOf([]), NaN);
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  assert.deepEqual(
    [50, 99, 99.9, 100].map((percent) => percentileOf(hundred, percent)),
    [50, 99, 100, 100],
  );
  assert.equal(percentileOf([7], 50), 7);
});

test("bench › ratios are taken run by run", () => {
  assert.deepEqual(ratiosOf([2, 6], [1, 2]), [2, 3]);
});

test("bench › numbers are shown with three digits that count", () => {
  assert.deepEqual([0.123, 9.876, 12.34, 1234.5, NaN].map(shown), ["0.12", "9.88", "12.3", "1,235", "–"]);
});

test("bench › a table has a row for each server, with medians, ranges and the ratio to the floor", () => {
  const figures = [
    figure("join", "ours", "serverUs", 30, 20, 40),
    figure("join", "floor", "serverUs", 10, 10, 10),
  ];
  assert.equal(
    tablesOf(figures),
    `### join

| server | server CPU, µs | CPU over the floor's |
| --- | --- | --- |
| signals | 30.0 (20.0–40.0) | 3.00 (2.00–4.00) |
| floor | 10.0 (10.0–10.0) | 1.00 (1.00–1.00) |`,
  );
});

test("bench › a target is judged by the median of its ratios, and a missed one is said to be missed", () => {
  const base = figure("join", "floor", "serverUs", 10, 10, 10);
  const [reached] = judge([figure("join", "ours", "serverUs", 17, 18, 99), base]);
  assert.equal(reached?.isMissed, false);
  const missed = judge([figure("join", "ours", "serverUs", 17, 19, 20), base]);
  assert.match(verdictsTable(missed), /\| 1\.90 \(1\.70–2\.00\) \| ≤ 1\.80 \| \*\*missed\*\* \|/);
  assert.match(verdictsTable(missed), /0 targets reached, 1 missed\.$/);
});

test("bench › a target without its figures is left out, and one without numbers is missed", () => {
  assert.deepEqual(judge([figure("join", "ours", "serverUs", 17)]), []);
  const [verdict] = judge([figure("join", "ours", "serverUs", 0), figure("join", "floor", "serverUs", 0)]);
  assert.equal(verdict?.isMissed, true);
});

test("bench › flat is what differs by no more than the service measured twice, whatever one run says", () => {
  const ten = figure("relay on 10 calls", "ours", "serverUs", 10, 10, 10);
  const many = figure("relay on 1,000 calls", "ours", "serverUs", 12, 12, 12);
  const once = figure("relay 400 B", "ours", "serverUs", 10, 10, 10);
  const isMissed = (...again: number[]): boolean => {
    const twice = [once, figure("relay 400 B", "oursAgain", "serverUs", ...again)];
    return judge([ten, many, ...twice]).some((verdict) => verdict.isMissed);
  };
  assert.equal(judge([ten, many])[0]?.isMissed, true);
  assert.equal(isMissed(13, 13, 13), false);
  assert.equal(isMissed(8, 8, 8), false);
  assert.equal(isMissed(10, 10, 20), true);
});
