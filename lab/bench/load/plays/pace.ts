import type { Line } from "../line.ts";
import type { Outcome } from "../orders.ts";

/**
 * Relays at a fixed rate, whatever the server does (an open loop). A signal's latency counts from the instant at which it
 * was due, so neither a slow server nor this process, when it is late, hides a wait.
 */
export function pace(lines: readonly Line[], perSecond: number, ops: number): Promise<Outcome> {
  const startedAt = performance.now();
  const gapMs = 1000 / perSecond;
  const latenciesMs: number[] = [];
  let sent = 0;
  let answered = 0;
  return new Promise((resolve) => {
    const part = (): void => {
      if (latenciesMs.length < ops || answered < ops) return;
      resolve({ ops, elapsedMs: performance.now() - startedAt, latenciesMs });
    };
    const send = (dueAt: number): void => {
      lines[sent % lines.length]?.send(
        () => {
          latenciesMs.push(performance.now() - dueAt);
          part();
        },
        () => {
          answered += 1;
          part();
        },
      );
      sent += 1;
    };
    const tick = (): void => {
      const due = Math.min(ops, Math.floor((performance.now() - startedAt) / gapMs) + 1);
      for (let left = due - sent; left > 0; left -= 1) send(startedAt + sent * gapMs);
      if (sent < ops) setTimeout(tick, Math.max(1, startedAt + sent * gapMs - performance.now()));
    };
    tick();
  });
}
