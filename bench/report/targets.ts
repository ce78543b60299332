import type { Figure, Measure } from "../figure.ts";
import { medianOf, ratiosOf } from "../measure/statistics.ts";
import type { ServerName } from "../servers/rows.ts";
import { shown } from "./number.ts";
import { withRange } from "./tables.ts";

/** Which figure is meant. */
type Which = { readonly workload: string; readonly server: ServerName; readonly measure: Measure };

/** What must be reached: a figure of ours, or its ratio to another one of the same run. */
interface Target {
  readonly says: string;
  readonly of: Which;
  readonly over?: Which;
  /** The most its median may be. */
  readonly most: number;
  /** What would be better still. */
  readonly aim?: number;
}

/** The targets of the issue, in its order. */
export const targets: readonly Target[] = [
  ...["relay 400 B", "relay 3 KB"].flatMap((workload) => [
    overFloor(workload, "serverUs", "server CPU over the floor's", 1.5, 1.25),
    overSocketIo(workload),
    overFloor(workload, "redisUs", "Redis CPU over that of a bare check-and-PUBLISH script", 2.8, 2),
  ]),
  overSocketIo("relay 14 KB"),
];

/** The targets as a Markdown table; those whose figures were not measured are left out. */
export function targetsTable(figures: readonly Figure[]): string {
  const rows = targets.flatMap(({ says, of, over, most, aim }) => {
    const samples = samplesOf(figures, of);
    const base = over === undefined ? undefined : samplesOf(figures, over);
    if (samples.length === 0 || base?.length === 0) return [];
    const values = base === undefined ? samples : ratiosOf(samples, base);
    const verdict = medianOf(values) <= most ? "reached" : "**missed**";
    const aimed = aim === undefined ? "" : `, aim ${shown(aim)}`;
    return [`| ${says} | ${withRange(values)} | ≤ ${shown(most)}${aimed} | ${verdict} |`];
  });
  return ["| target | median (range) | must be | |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function overFloor(workload: string, measure: Measure, words: string, most: number, aim?: number): Target {
  const target = { ...ratio(workload, measure, "floor"), says: `${workload}: ${words}`, most };
  return aim === undefined ? target : { ...target, aim };
}

function overSocketIo(workload: string): Target {
  const says = `${workload}: server CPU over socket.io's with its Redis adapter`;
  return { ...ratio(workload, "serverUs", "socketIo"), says, most: 0.5 };
}

function ratio(
  workload: string,
  measure: Measure,
  base: ServerName,
): { readonly of: Which; readonly over: Which } {
  return { of: { workload, server: "ours", measure }, over: { workload, server: base, measure } };
}

function samplesOf(figures: readonly Figure[], { workload, server, measure }: Which): readonly number[] {
  const found = figures.find(
    (figure) => figure.workload === workload && figure.server === server && figure.measure === measure,
  );
  return found?.samples ?? [];
}
