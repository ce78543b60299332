import type { AttachContext } from "./attach.ts";
import { BackendError, type Holder, type RenewReply } from "./ports/backend.ts";

/** The outcome of a renewal; `away`: the backend did not respond. */
export type RenewOutcome =
  | { readonly word: "away" }
  /** `sentAt` is when the renewal was sent, in monotonic milliseconds. */
  | { readonly word: "renewed"; readonly reply: RenewReply; readonly sentAt: number };

/** Renews a seat on proof of life. `holder.seenAt` is in this process's monotonic milliseconds, 0 without a proof. */
export async function renewSeat(
  context: AttachContext,
  call: string,
  session: string,
  holder: Holder,
): Promise<RenewOutcome> {
  const { backend, backendTime, limits, report, now } = context;
  const operation = context.nextOperation();
  const sentAt = now();
  const seenAt = holder.seenAt === 0 ? 0 : backendTime.at(holder.seenAt);
  try {
    const reply = await backend.renew(call, session, { ...holder, seenAt }, limits);
    const repliedAt = now();
    backendTime.note(reply.now, repliedAt);
    report({ event: "renewal", outcome: reply.word, operation, durationMs: repliedAt - sentAt });
    return { word: "renewed", reply, sentAt };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    report({ event: "renewal", outcome: "away", operation, durationMs: now() - sentAt });
    return { word: "away" };
  }
}
