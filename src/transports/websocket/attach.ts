import { type AttachReply, BackendError } from "../../calls/backend.ts";
import { type CallEvent, decode, isControl } from "../../calls/envelope.ts";
import type { AttachContext, Attaching } from "./attach-context.ts";

/**
 * Attaches a websocket to its call: first this process hears the call, then the backend gives the
 * place, then WELCOME and the replay go out, and only then do live events follow.
 */
export async function attach(
  socket: Attaching,
  since: number | undefined,
  context: AttachContext,
): Promise<void> {
  const inbox = context.fanOut.enter(socket.call);
  socket.inbox = inbox;
  let sentAt = 0;
  let hearing: number;
  let reply: AttachReply;
  try {
    hearing = await inbox.whenHeard(heardWithinMs);
    // One that has ended meanwhile must not take the place of the one that followed it.
    if (hasEnded(socket)) return;
    sentAt = context.now();
    reply = await context.backend.attach(socket.call, socket.session, since, context.rules);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return refuse(socket, context, "away", "backend failure");
  }
  const now = context.now();
  context.backendTime.note(reply.now, now);
  if (reply.word === "gone") return refuse(socket, context, "gone", "bad seat");
  if (reply.word === "lost") {
    context.report({ event: "attach", outcome: "lost", replayed: 0 });
    return socket.drive({ type: "lost", untold: reply });
  }
  context.report({ event: "attach", outcome: "ok", replayed: reply.log.length });
  const { now: backendNow, ...place } = reply;
  const events = reply.log.map(decode).filter(isEvent);
  const leaseLeftMs = place.till - backendNow;
  socket.drive({ type: "attached", place, leaseLeftMs, events, sentAt, now, jitter: context.random() });
  if (socket.phase === "seated") inbox.add(socket, place, hearing);
}

function hasEnded({ phase }: Attaching): boolean {
  return phase !== "attaching";
}

/** As long as a join may take to be refused when the backend is away. */
const heardWithinMs = 1000;

function refuse(
  socket: Attaching,
  context: AttachContext,
  outcome: "gone" | "away",
  reason: "bad seat" | "backend failure",
): void {
  context.report({ event: "attach", outcome, replayed: 0 });
  socket.drive({ type: "refused", reason });
}

function isEvent(envelope: ReturnType<typeof decode>): envelope is CallEvent {
  return envelope !== undefined && !isControl(envelope);
}
