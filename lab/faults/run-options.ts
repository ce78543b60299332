/** What a row is run with. */
export interface RunOptions {
  /** How often a fault is injected. */
  readonly times: number;
  /** The seed of everything that is chosen at random. */
  readonly seed: number;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}
