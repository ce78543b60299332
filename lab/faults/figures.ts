/** A figure as it is printed and held: what was measured, and what the worst may be. */
export interface Figure {
  readonly row: string;
  readonly name: string;
  readonly unit: "" | "ms" | "%";
  readonly samples: readonly number[];
  /** The most a sample may be; undefined for what is only told. */
  readonly most?: number;
  /** The least, where more is better. */
  readonly least?: number;
}

export function worstOf({ samples, least }: Figure): number {
  return least === undefined ? Math.max(...samples) : Math.min(...samples);
}

/** Whether it is held. One without samples is not: nothing was measured. */
export function isHeld(figure: Figure): boolean {
  const worst = worstOf(figure);
  return (
    figure.samples.length > 0 && worst <= (figure.most ?? Infinity) && worst >= (figure.least ?? -Infinity)
  );
}

/** The figures as a table of a document. */
export function tableOf(figures: readonly Figure[]): string {
  const lines = figures.map((figure) => {
    const { row, name, unit, samples, most, least } = figure;
    const show = (value: number): string => `${round(value)}${unit === "" ? "" : ` ${unit}`}`;
    const bound = most === undefined ? (least === undefined ? "" : `≥ ${show(least)}`) : `≤ ${show(most)}`;
    const cells = [row, name, show(medianOf(samples)), show(worstOf(figure)), bound];
    return `| ${[...cells, isHeld(figure) ? "" : "**broken**"].join(" | ")} |`.replaceAll("|  |", "| |");
  });
  return [
    "| row | figure | median | worst | held to | |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? NaN;
}

function round(value: number): string {
  return String(
    Math.abs(value) < 10 && !Number.isInteger(value) ? Number(value.toFixed(2)) : Math.round(value),
  );
}
