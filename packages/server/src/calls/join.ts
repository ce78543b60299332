import type { Body } from "./ports/backend.ts";
import type { CallContext } from "./call-context.ts";
import { askBackend } from "./ports/ask-backend.ts";

/** A seat taken, or the word of the refusal. */
export type Joined =
  | { readonly word: "ok"; readonly session: string }
  | { readonly word: "full" }
  /** `unknown`: a seat may have been taken, and is given back as soon as that can be. */
  | { readonly word: "away" | "unknown" };

/** Takes a seat on a call for a new session; its peers hear PEER, with the introduction if there is one. */
export async function joinCall(context: CallContext, call: string, introduction: Body): Promise<Joined> {
  const { backend, limits, report, now } = context;
  const session = context.newSession();
  const operation = context.nextOperation();
  const startedAt = now();
  const reply = await askBackend(backend.join(call, session, introduction, limits));
  report({ event: "join", outcome: reply.word, operation, durationMs: now() - startedAt });
  return reply.word === "ok" ? { word: "ok", session } : reply;
}
