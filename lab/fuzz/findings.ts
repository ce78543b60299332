/** What was found wrong, by kind: how often, and the first few in full. */
export class Findings {
  readonly #kinds = new Map<string, { count: number; examples: string[] }>();

  add(kind: string, example: string): void {
    const known = this.#kinds.get(kind) ?? { count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < shown) known.examples.push(example);
    this.#kinds.set(kind, known);
  }

  get count(): number {
    return [...this.#kinds.values()].reduce((sum, { count }) => sum + count, 0);
  }

  countOf(kind: string): number {
    return this.#kinds.get(kind)?.count ?? 0;
  }

  /** A line for each kind, and one for each example. */
  lines(): string[] {
    return [...this.#kinds].flatMap(([kind, { count, examples }]) =>
      [`${count} × ${kind}`, examples.map((example) => `    ${example}`)].flat(),
    );
  }
}

const shown = 5;

/** Bytes as they are shown in a finding. */
export function shownBytes(bytes: Buffer): string {
  const head = bytes.subarray(0, 160);
  return `${head.toString("hex")}${head.length < bytes.length ? `… (${bytes.length} bytes)` : ""}`;
}

/** How often each word came up. */
export class Tally {
  readonly counts = new Map<string, number>();

  add(word: string): void {
    this.counts.set(word, (this.counts.get(word) ?? 0) + 1);
  }

  toString(): string {
    const sorted = [...this.counts].toSorted(([one], [other]) => one.localeCompare(other));
    return sorted.map(([word, count]) => `${word}: ${count}`).join(", ");
  }
}
