import { type Figure, type Measure, measures } from "../figure.ts";
import { medianOf, ratiosOf } from "../measure/statistics.ts";
import { type ServerName, serverNames, servers } from "../servers/rows.ts";
import { shown } from "./number.ts";

/** A Markdown table for each workload: its servers, and what was measured of them, median and range of the runs. */
export function tablesOf(figures: readonly Figure[]): string {
  const byWorkload = Object.entries(Object.groupBy(figures, ({ workload }) => workload));
  return byWorkload.map(([workload, own = []]) => `### ${workload}\n\n${tableOf(own)}`).join("\n\n");
}

/** What sets the servers apart that were measured. */
export function serversTable(figures: readonly Figure[]): string {
  const rows = thereOf(figures).map((name) => [servers[name].name, servers[name].does]);
  return markdownOf([["server", "does"], ["---", "---"], ...rows]);
}

/** A median, and the least and the most beside it where there are several. */
export function withRange(samples: readonly number[]): string {
  const median = shown(medianOf(samples));
  return samples.length < 2
    ? median
    : `${median} (${shown(Math.min(...samples))}–${shown(Math.max(...samples))})`;
}

function tableOf(figures: readonly Figure[]): string {
  const present = keysOf(measures)
    .filter((measure) => measure !== "ops")
    .filter((measure) => figures.some((figure) => figure.measure === measure));
  const of = (server: ServerName, measure: Measure): Figure | undefined =>
    figures.find((figure) => figure.server === server && figure.measure === measure);
  const floor = of("floor", "serverUs");
  const header = [
    "server",
    ...present.map((measure) => `${measures[measure].name}, ${measures[measure].unit}`),
  ];
  const rows = thereOf(figures).map((server) => {
    const cells = present.map((measure) => withRange(of(server, measure)?.samples ?? []));
    const overFloor = withRange(ratiosOf(of(server, "serverUs")?.samples ?? [], floor?.samples ?? []));
    const all = floor === undefined ? cells : cells.concat(overFloor);
    return [servers[server].name].concat(all);
  });
  const full = floor === undefined ? header : [...header, "CPU over the floor's"];
  return markdownOf([full, full.map(() => "---"), ...rows]);
}

function thereOf(figures: readonly Figure[]): readonly ServerName[] {
  return serverNames.filter((name) => figures.some(({ server }) => server === name));
}

function markdownOf(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(table).filter((key): key is Key => key in table);
}
