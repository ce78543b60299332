import type { Figure } from "../figure.ts";
import { medianOf, ratiosOf } from "../measure/statistics.ts";
import { shown } from "./number.ts";
import { withRange } from "./tables.ts";
import { spread, type Target, targetRows, type Which } from "./target-rows.ts";

/** How a target came out. */
export interface Verdict {
  readonly target: Target;
  /** The figure, or the ratios, run by run. */
  readonly values: readonly number[];
  /** The most that the median may be. */
  readonly most: number | undefined;
  readonly isMissed: boolean;
}

/** Judges the targets whose figures were measured; the others are left out. */
export function judge(figures: readonly Figure[]): readonly Verdict[] {
  // Medians are judged, so it is the median that says how far the same thing differs from itself: one run that something
  // else on the machine disturbed must not excuse another.
  const twice = medianOf(valuesOf(figures, spread) ?? [1]);
  const tolerated = Math.max(twice, 1 / twice);
  return targetRows.flatMap((target) => {
    const values = valuesOf(figures, target);
    if (values === undefined) return [];
    const most = target.orSpread === true ? Math.max(target.most ?? 1, tolerated) : target.most;
    // What is no number was not measured for long enough, and nothing was reached by it.
    const isMissed = most !== undefined && !(medianOf(values) <= most);
    return [{ target, values, most, isMissed }];
  });
}

/** The verdicts as a Markdown table, and a sentence that says how many were missed. */
export function verdictsTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ target: { says, aim }, values, most, isMissed }) => {
    const bound =
      most === undefined ? "" : `≤ ${shown(most)}${aim === undefined ? "" : `, aim ${shown(aim)}`}`;
    const word = most === undefined ? "" : isMissed ? "**missed**" : "reached";
    return `| ${says} | ${withRange(values)} | ${bound} | ${word} |`.replaceAll(/\| {2}(?=\|)/g, "| ");
  });
  const held = verdicts.filter(({ most }) => most !== undefined);
  const missed = held.filter(({ isMissed }) => isMissed);
  const sum = `${held.length - missed.length} targets reached, ${missed.length} missed.`;
  return ["| figure | median (range) | must be | |", "| --- | --- | --- | --- |", ...rows, "", sum].join(
    "\n",
  );
}

function valuesOf(figures: readonly Figure[], { of, over }: Target): readonly number[] | undefined {
  const samples = samplesOf(figures, of);
  if (samples === undefined || over === undefined) return samples;
  const base = samplesOf(figures, over);
  return base === undefined ? undefined : ratiosOf(samples, base);
}

function samplesOf(figures: readonly Figure[], which: Which): readonly number[] | undefined {
  const { workload, server, measure } = which;
  return figures.find(
    (figure) => figure.workload === workload && figure.server === server && figure.measure === measure,
  )?.samples;
}
