import { arch, cpus } from "node:os";
import type { Figure } from "../figure.ts";
import { serversTable, tablesOf } from "./tables.ts";
import { judge, verdictsTable } from "./targets.ts";

/** The whole report in Markdown: the machine, the targets, and a table for each workload. */
export function reportOf(figures: readonly Figure[], machine: string): string {
  return [
    `${machine}. Medians of the runs; in parentheses the least and the most. CPU is user and system, for one operation.`,
    "### Ratios and targets",
    verdictsTable(judge(figures)),
    tablesOf(figures),
    "### Servers",
    serversTable(figures),
  ].join("\n\n");
}

/** What figures are only good for: the processor, and what ran on it. */
export function machineOf(runs: number): string {
  return `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${arch()}, Node ${process.version}, ${runs} runs`;
}
