import type { CallFeedContext } from "../../packages/server/src/calls/feed/call-feed.ts";
import type { Reporter } from "../../packages/server/src/calls/ports/telemetry.ts";
import { Timers } from "../../packages/server/src/timers.ts";

/** What call feeds need, over a backend: real timers, and a reporter that can be given. */
export function callFeedContext<Backend extends CallFeedContext["backend"]>(
  backend: Backend,
  report: Reporter = () => {},
): CallFeedContext & { readonly backend: Backend } {
  let operations = 0;
  const nextOperation = (): number => (operations += 1);
  return { backend, report, later: new Timers().later, now: () => performance.now(), nextOperation };
}
