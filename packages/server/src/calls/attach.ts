import type { SequenceNumber } from "webrtc-signals-protocol";
import type { BackendTime } from "./backend-time.ts";
import type { CallContext } from "./call-context.ts";
import type { CallFeed, Later } from "./feed/call-feed.ts";
import { type CallEvent, decode, type Envelope, isControl } from "./feed/envelope.ts";
import { type Attached, type AttachReply, BackendError, type UnreportedLoss } from "./ports/backend.ts";

export interface AttachContext extends CallContext {
  readonly backendTime: BackendTime;
  readonly later: Later;
}

/** A websocket that attaches. */
export interface Attaching {
  readonly call: string;
  readonly session: string;
  /** False when the websocket has ended: then it must not replace the one that followed it. */
  readonly isAttaching: boolean;
}

/** The outcome of an attach. */
export type AttachOutcome =
  | ({ readonly word: "ok" } & Replay)
  /** Events for this session are lost and the client gave no sequence number. */
  | ({ readonly word: "lost" } & UnreportedLoss)
  | { readonly word: "gone" | "away" }
  /** The websocket ended while it was waiting. */
  | { readonly word: "ended" };

/** What a websocket starts from. */
export interface Replay {
  readonly attached: Attached;
  /** The events after `attached.replayAfter`, decoded. */
  readonly events: readonly CallEvent[];
  /** What was left of the lease when the backend responded, in milliseconds. */
  readonly leaseLeftMs: number;
  /** When the attach was sent, in monotonic milliseconds. */
  readonly sentAt: number;
  /** The subscription that was confirmed before the attach was sent, for `CallFeed.add`. */
  readonly subscription: number;
}

/**
 * Attaches a websocket to its call: the subscription is confirmed first, and then the backend decides, so that no event
 * is lost between the replay and the call feed. `resumeAfter` is the sequence number up to which the client has all
 * events (0: its join); undefined for a client that does not resume.
 */
export async function attachSession(
  context: AttachContext,
  attaching: Attaching,
  callFeed: CallFeed,
  resumeAfter: SequenceNumber | undefined,
): Promise<AttachOutcome> {
  const { report, now } = context;
  const operation = context.nextOperation();
  const startedAt = now();
  let decision: Decision | undefined;
  try {
    decision = await decide(context, attaching, callFeed, resumeAfter);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    report({ event: "attach", outcome: "away", replayed: 0, operation, durationMs: now() - startedAt });
    return { word: "away" };
  }
  if (decision === undefined) return { word: "ended" };
  const { reply, subscription, sentAt } = decision;
  const repliedAt = now();
  context.backendTime.note(reply.now, repliedAt);
  const replayed = reply.word === "ok" ? reply.log.length : 0;
  report({ event: "attach", outcome: reply.word, replayed, operation, durationMs: repliedAt - startedAt });
  if (reply.word !== "ok") return reply;
  const events = reply.log.map(decode).filter(isEvent);
  return {
    word: "ok",
    attached: reply,
    events,
    leaseLeftMs: reply.leaseEnd - reply.now,
    sentAt,
    subscription,
  };
}

interface Decision {
  readonly reply: AttachReply;
  readonly subscription: number;
  readonly sentAt: number;
}

/**
 * Repeats the attach until the backend decides. After an outage, processes find the backend one after the other: a
 * client that reconnects before this process has found it waits here and is not sent away again.
 */
async function decide(
  { backend, limits, later, now }: AttachContext,
  attaching: Attaching,
  callFeed: CallFeed,
  resumeAfter: SequenceNumber | undefined,
): Promise<Decision | undefined> {
  const { call, session } = attaching;
  const until = now() + patienceMs;
  while (attaching.isAttaching) {
    const subscription = await callFeed.whenSubscribed(until - now());
    if (!attaching.isAttaching) break;
    const sentAt = now();
    try {
      const reply = await backend.attach(call, session, resumeAfter, limits);
      return { reply, subscription, sentAt };
    } catch (error) {
      const isUndecided = error instanceof BackendError && error.code === "unsent";
      if (!isUndecided || sentAt + retryMs >= until) throw error;
    }
    await new Promise<void>((resolve) => void later(retryMs, resolve));
  }
  return undefined;
}

function isEvent(envelope: Envelope | undefined): envelope is CallEvent {
  return envelope !== undefined && !isControl(envelope);
}

/** How long a handshake waits for the backend, in milliseconds: as long as a join may take to be refused. */
const patienceMs = 1000;
const retryMs = 50;
