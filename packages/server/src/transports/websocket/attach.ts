import { type AttachReply, BackendError } from "../../calls/ports/backend.ts";
import { type CallEvent, decode, isControl } from "../../calls/feed/envelope.ts";
import type { CallFeed } from "../../calls/feed/call-feed.ts";
import type { AttachContext, Attaching } from "./attach-context.ts";

/**
 * Attaches a websocket to its call: first this process hears the call, then the backend gives the
 * place, then WELCOME and the replay go out, and only then do live events follow.
 */
export async function attach(
  socket: Attaching,
  resumeAfter: number | undefined,
  context: AttachContext,
): Promise<void> {
  const callFeed = context.callFeeds.enter(socket.call);
  socket.callFeed = callFeed;
  let answer: Answered | undefined;
  try {
    answer = await askForPlace(socket, callFeed, resumeAfter, context);
    if (answer === undefined) return;
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return refuse(socket, context, "away", "backend failure");
  }
  const { reply, hearing, sentAt } = answer;
  const now = context.now();
  context.backendTime.note(reply.now, now);
  if (reply.word === "gone") return refuse(socket, context, "gone", "bad seat");
  if (reply.word === "lost") {
    context.report({ event: "attach", outcome: "lost", replayed: 0 });
    return socket.drive({ type: "lost", unreportedLoss: reply });
  }
  context.report({ event: "attach", outcome: "ok", replayed: reply.log.length });
  const { now: backendNow, ...place } = reply;
  const events = reply.log.map(decode).filter(isEvent);
  const leaseLeftMs = place.leaseEnd - backendNow;
  socket.drive({ type: "attached", place, leaseLeftMs, events, sentAt, now, jitter: context.random() });
  if (socket.phase === "seated") callFeed.add(socket, place, hearing);
}

function hasEnded({ phase }: Attaching): boolean {
  return phase !== "attaching";
}

interface Answered {
  readonly reply: AttachReply;
  readonly hearing: number;
  readonly sentAt: number;
}

/**
 * Asks until the backend decides; undefined where the websocket has ended meanwhile, and must not take the place of the
 * one that followed it. After an outage processes find the backend one after the other: whoever comes back too early,
 * from one that did to one that did not yet, waits a moment and is not sent away once more.
 */
async function askForPlace(
  socket: Attaching,
  callFeed: CallFeed,
  resumeAfter: number | undefined,
  context: AttachContext,
): Promise<Answered | undefined> {
  const until = context.now() + patienceMs;
  while (!hasEnded(socket)) {
    const hearing = await callFeed.whenHeard(until - context.now());
    if (hasEnded(socket)) break;
    const sentAt = context.now();
    try {
      const reply = await context.backend.attach(socket.call, socket.session, resumeAfter, context.limits);
      return { reply, hearing, sentAt };
    } catch (error) {
      const isUndecided = error instanceof BackendError && error.code === "unsent";
      if (!isUndecided || sentAt + retryMs >= until) throw error;
    }
    await new Promise((resolve) => void setTimeout(resolve, retryMs));
  }
  return undefined;
}

/** How long a handshake waits for the backend, in milliseconds: as long as a join may take to be refused. */
const patienceMs = 1000;
const retryMs = 50;

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
