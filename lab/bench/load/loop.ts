import type { Outcome, Until } from "./orders.ts";
import type { Visitor } from "./visitor.ts";

/**
 * A closed loop: keeps `slots` operations going until it is time to end, and resolves when the last one is done. `begin`
 * starts one and calls back when it is done.
 */
export function loop(slots: number, until: Until, begin: (done: () => void) => void): Promise<Outcome> {
  const startedAt = performance.now();
  const mostOps = "ops" in until ? until.ops : Infinity;
  const endsAt = "ms" in until ? startedAt + until.ms : Infinity;
  let begun = 0;
  let ops = 0;
  return new Promise((resolve) => {
    const next = (): void => {
      if (begun < mostOps && performance.now() < endsAt) {
        begun += 1;
        begin(done);
      } else if (ops === begun) {
        resolve({ ops, elapsedMs: performance.now() - startedAt, latenciesMs: [] });
      }
    };
    const done = (): void => {
      ops += 1;
      next();
    };
    for (let slot = 0; slot < Math.max(1, slots); slot += 1) next();
  });
}

/** The same for operations that are promises; one that rejects fails the visitor. */
export function loopAsync(
  slots: number,
  until: Until,
  visitor: Visitor,
  operation: () => Promise<void>,
): Promise<Outcome> {
  const run = async (done: () => void): Promise<void> => {
    try {
      await operation();
    } catch (error) {
      return visitor.fail(error instanceof Error ? error : new Error(String(error)));
    }
    done();
  };
  return loop(slots, until, (done) => void run(done));
}
