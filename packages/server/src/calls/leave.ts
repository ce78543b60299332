import { askBackend, type Outcome } from "./ports/ask-backend.ts";
import type { CallContext } from "./call-context.ts";

/** Frees a session's seat at once. No peer is told; its websocket is closed `left`, on any process. */
export async function leaveCall(context: CallContext, call: string, session: string): Promise<Outcome> {
  const { backend, report, now } = context;
  const operation = context.nextOperation();
  const startedAt = now();
  const outcome = await askBackend(backend.leave(call, session));
  report({ event: "leave", outcome: outcome.word, operation, durationMs: now() - startedAt });
  return outcome;
}
