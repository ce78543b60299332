import { type Figure, type Measure, measures } from "../figure.ts";
import { medianOf } from "../measure/statistics.ts";
import { serverNames, servers } from "../servers/rows.ts";
import { idleName } from "../workloads/idle.ts";
import { shown } from "./number.ts";

/** What is drawn: a panel for each of these, with a bar for each server. */
const panels: readonly { readonly title: string; readonly workload: string; readonly measure: Measure }[] = [
  { title: "Relay of 400 B: server CPU", workload: "relay 400 B", measure: "serverUs" },
  { title: "Relay of 3 KB: server CPU", workload: "relay 3 KB", measure: "serverUs" },
  { title: "A whole call set up: server CPU", workload: "call set-up", measure: "serverUs" },
  { title: "Attach: server CPU", workload: "attach", measure: "serverUs" },
  { title: "p99 at 1,000 signals a second", workload: "1,000 signals a second", measure: "p99" },
  { title: "Memory of an idle socket, of 19,000", workload: idleName(19_000), measure: "residentKb" },
];

/**
 * The chart as an SVG that can be read on light and dark pages: medians, the shorter the better, each panel on a scale of
 * its own. Panels whose figures were not measured are left out.
 */
export function chartOf(figures: readonly Figure[]): string {
  const barsOf = panels.map((panel) =>
    serverNames.flatMap((name) => figures.filter((figure) => figure.server === name && isOf(figure, panel))),
  );
  const height = panelHeight(Math.max(...barsOf.map(({ length }) => length)));
  const all: string[] = [];
  for (const [at, { title, measure }] of panels.entries()) {
    const bars = barsOf[at] ?? [];
    if (bars.length === 0) continue;
    const place = `translate(${(all.length % 2) * panelWidth} ${Math.floor(all.length / 2) * height})`;
    all.push(`<g transform="${place}">${panelOf(title, measures[measure].unit, bars)}</g>`);
  }
  const size = `${2 * panelWidth} ${Math.ceil(all.length / 2) * height}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" role="img" aria-label="${label}">\n${style}\n${all.join("\n")}\n</svg>\n`;
}

const panelWidth = 430;
const barHeight = 20;
const nameWidth = 165;
const barWidth = 180;
const label =
  "What the service costs beside a bare floor and services like it; docs/performance.md has the figures.";
const style = `<style>
text { font: 12px system-ui, sans-serif; fill: #424a53 } .title { font-weight: 600 } .other { fill: #9aa4ae }
.ours { fill: #1f6feb } .floor { fill: #c3cad1 } .name { text-anchor: end }
@media (prefers-color-scheme: dark) { text { fill: #c9d1d9 } .other { fill: #6e7681 } .floor { fill: #484f58 } }
</style>`;

function panelOf(title: string, unit: string, bars: readonly Figure[]): string {
  const most = Math.max(...bars.map(({ samples }) => medianOf(samples)));
  const rows = bars.map(({ server, samples }, at) => {
    const y = 34 + at * barHeight;
    const value = medianOf(samples);
    const width = Math.max(1, (value / most) * barWidth).toFixed(1);
    const look = server === "ours" || server === "floor" ? server : "other";
    return (
      `<text class="name" x="${nameWidth}" y="${y + 10}">${servers[server].name}</text>` +
      `<rect class="${look}" x="${nameWidth + 8}" y="${y}" width="${width}" height="13" rx="2"/>` +
      `<text x="${nameWidth + 14 + Number(width)}" y="${y + 10}">${shown(value)} ${unit}</text>`
    );
  });
  return `<text class="title" x="8" y="20">${title}</text>\n${rows.join("\n")}`;
}

function panelHeight(bars: number): number {
  return 46 + bars * barHeight;
}

function isOf(
  figure: Figure,
  { workload, measure }: { readonly workload: string; readonly measure: Measure },
): boolean {
  return figure.workload === workload && figure.measure === measure && figure.server !== "oursAgain";
}
