import type { CallContext } from "./call-context.ts";
import type { Admission, Admitted, Client } from "./ports/admission.ts";
import { askBackend, type Undecided } from "./ports/ask-backend.ts";
import type { Body } from "./ports/backend.ts";

export interface JoinContext extends CallContext {
  readonly admission: Admission;
}

/** A seat taken, or the word of the refusal. */
export type Joined =
  | { readonly word: "ok"; readonly session: string }
  | { readonly word: "full" }
  | { readonly word: "not admitted"; readonly refusal: Exclude<Admitted, { readonly admitted: true }> }
  /** `unknown`: a seat may have been taken; it is released as soon as that is possible. */
  | Undecided;

/**
 * Takes a seat on a call for a new session, if the client is admitted. The session's peers receive a PEER, with the
 * introduction if there is one.
 */
export async function joinCall(
  context: JoinContext,
  call: string,
  introduction: Body,
  client: Client,
): Promise<Joined> {
  const { admission, backend, limits, report, now } = context;
  const decision = admission.admit(call, client);
  const admitted = decision instanceof Promise ? await decision : decision;
  if (!admitted.admitted) return { word: "not admitted", refusal: admitted };
  const session = context.newSession();
  const operation = context.nextOperation();
  const startedAt = now();
  const reply = await askBackend(backend.join(call, session, introduction, limits));
  report({ event: "join", outcome: reply.word, operation, durationMs: now() - startedAt });
  return reply.word === "ok" ? { word: "ok", session } : reply;
}
