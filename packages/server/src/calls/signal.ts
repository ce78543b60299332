import type { SignalKind } from "webrtc-signals-protocol";
import { askBackend, type Outcome } from "./ports/ask-backend.ts";
import type { Body } from "./ports/backend.ts";
import type { CallContext } from "./call-context.ts";

/** Publishes a signal of a seat's holder to every other session that holds a seat on the call now. */
export async function publishSignal(
  context: CallContext,
  call: string,
  session: string,
  kind: SignalKind,
  body: Body,
): Promise<Outcome> {
  const { backend, limits, report, now } = context;
  const operation = context.nextOperation();
  const startedAt = now();
  const outcome = await askBackend(backend.publish(call, session, kind, body, limits));
  report({ event: "signal", kind, outcome: outcome.word, operation, durationMs: now() - startedAt });
  return outcome;
}
