import type { Line } from "../line.ts";
import { loop } from "../loop.ts";
import type { Outcome, Until } from "../orders.ts";

/** Relays as much as the server takes: each slot sends on the next line as soon as its last signal was heard and answered. */
export function relay(lines: readonly Line[], slots: number, until: Until): Promise<Outcome> {
  let at = 0;
  return loop(slots, until, (done) => {
    let parts = 2;
    const part = (): void => {
      parts -= 1;
      if (parts === 0) done();
    };
    lines[at]?.send(part, part);
    at = (at + 1) % lines.length;
  });
}
