import type { CloseReason } from "../protocol/closes.ts";
import type { Attached, Holder, RenewReply } from "./backend.ts";
import type { CallEvent } from "./envelope.ts";
import { attached, lastWord, type Seated, seated } from "./seated.ts";

/**
 * What one websocket is to its call, as a pure machine: `step` takes what happened and answers the
 * next state and what is to be done. Times are this process's monotonic milliseconds, except those
 * of the lease, which are the backend's.
 */
export type Presence =
  /** Open, and no handshake yet. */
  | { readonly phase: "greeting"; readonly deadline: number }
  /** The backend decides about its handshake. */
  | { readonly phase: "attaching" }
  | Seated
  /** Closed, or told to: nothing it does matters any more but how it ends. */
  | { readonly phase: "closing"; readonly seat: Seated | undefined }
  | { readonly phase: "ended" };

export interface PresenceRules {
  readonly pingIntervalMs: number;
  readonly readTimeoutMs: number;
}

/** What happens to a websocket. */
export type PresenceEvent =
  | { readonly type: "handshake"; readonly since: number | undefined }
  | { readonly type: "refused"; readonly reason: CloseReason }
  | AttachedEvent
  | { readonly type: "event"; readonly event: CallEvent; readonly now: number }
  | { readonly type: "pong"; readonly number: number; readonly now: number }
  | { readonly type: "renewed"; readonly reply: RenewReply; readonly sentAt: number; readonly now: number }
  | { readonly type: "unrenewed"; readonly now: number }
  | { readonly type: "tick"; readonly now: number }
  /** Its place or its seat is gone, or it breaks the rules. */
  | { readonly type: "end"; readonly reason: CloseReason }
  | { readonly type: "lose"; readonly cursor: number }
  | { readonly type: "verify" }
  /** This process drains; `lasting` when the seat outlives it, so that its cursor is worth storing. */
  | { readonly type: "drain"; readonly lasting: boolean; readonly now: number }
  /** The websocket has ended; `echoed` when the client's close answered ours, which proves all that was sent. */
  | { readonly type: "ended"; readonly echoed: boolean };

/** The backend gave a place. */
export interface AttachedEvent {
  readonly type: "attached";
  readonly place: Attached;
  /** What was left of the lease when the backend answered, in milliseconds. */
  readonly leaseLeftMs: number;
  /** The replay, decoded. */
  readonly events: readonly CallEvent[];
  /** When the attach was sent and when its answer came. */
  readonly sentAt: number;
  readonly now: number;
  /** 0 to 1, chosen at random: spreads what many websockets do at once. */
  readonly jitter: number;
}

/** What is to be done. */
export type Effect =
  | { readonly do: "attach"; readonly since: number | undefined }
  | { readonly do: "welcome"; readonly place: Attached }
  | { readonly do: "send"; readonly event: CallEvent }
  | { readonly do: "ping"; readonly number: number }
  /** `seenAt` is the monotonic time of the proof of life, 0 for none. */
  | ({ readonly do: "renew" } & Holder)
  | { readonly do: "close"; readonly reason: CloseReason };

export type Step = readonly [Presence, ...Effect[]];

/** A websocket just opened. */
export function greeting(now: number, joinTimeoutMs: number): Presence {
  return { phase: "greeting", deadline: now + joinTimeoutMs };
}

/** Takes one event. What makes no sense in a state changes nothing. */
export function step(state: Presence, event: PresenceEvent, rules: PresenceRules): Step {
  switch (state.phase) {
    case "greeting":
      if (event.type === "handshake") return [{ phase: "attaching" }, { do: "attach", since: event.since }];
      if (event.type === "tick" && event.now >= state.deadline) return close("handshake timeout");
      return beforeSeat(state, event);
    case "attaching":
      return event.type === "attached" ? attached(event, rules) : beforeSeat(state, event);
    case "seated":
      return seated(state, event, rules);
    case "closing":
      return event.type === "ended" ? [{ phase: "ended" }, ...lastWord(state.seat, event.echoed)] : [state];
    case "ended":
      return [state];
  }
}

/** When the next `tick` is due, in monotonic milliseconds; Infinity where nothing is waited for. */
export function nextTick(state: Presence, rules: PresenceRules): number {
  if (state.phase === "greeting") return state.deadline;
  if (state.phase !== "seated") return Infinity;
  const { pingAt, seenAt, leaseEnds, retryAt, parting } = state;
  return Math.min(pingAt, seenAt + rules.readTimeoutMs, leaseEnds, retryAt, parting?.at ?? Infinity);
}

function beforeSeat(state: Presence, event: PresenceEvent): Step {
  if (event.type === "refused" || event.type === "end") return close(event.reason);
  if (event.type === "drain") return close("restarting");
  if (event.type === "ended") return [{ phase: "ended" }];
  return [state];
}

function close(reason: CloseReason): Step {
  return [
    { phase: "closing", seat: undefined },
    { do: "close", reason },
  ];
}
