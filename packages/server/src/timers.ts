/** Timers that the parts of a service set, so that none outlives it. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>();

  /** Runs something after a while, unless it is cancelled or all timers are stopped by then. */
  readonly later = (delayMs: number, run: () => void): { cancel(): void } => {
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      run();
    }, delayMs);
    this.#running.add(timer);
    const cancel = (): void => {
      clearTimeout(timer);
      this.#running.delete(timer);
    };
    return { cancel };
  };

  stop(): void {
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
  }
}
