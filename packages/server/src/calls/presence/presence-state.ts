import type { CloseReason, EventCount, SequenceNumber } from "webrtc-signals-protocol";
import type { Attached, Holder, RenewReply, UnreportedLoss } from "../ports/backend.ts";
import type { CallEvent } from "../feed/envelope.ts";

/**
 * What one websocket is to its call: the states of the machine in `presence.ts`. Times are this
 * process's monotonic milliseconds, except those of the lease, which are the backend's.
 */
export type Presence =
  /** Open, and no handshake yet. */
  | { readonly phase: "greeting"; readonly deadline: number }
  /** The backend decides about its handshake. */
  | { readonly phase: "attaching" }
  | Seated
  /** Closed, or told to: nothing it does matters any more but how it ends. */
  | { readonly phase: "closing"; readonly seat: Unstored | undefined }
  | { readonly phase: "ended" };

/** A websocket that holds its seat: the part of the machine that lives longest. */
export interface Seated {
  readonly phase: "seated";
  readonly generation: number;
  readonly seatNumber: EventCount;
  readonly epoch: number;
  /** The lease end the backend last answered, in its milliseconds. */
  readonly leaseEnd: number;
  /** The same, at the earliest, by this process's monotonic clock. */
  readonly leaseEndsAt: number;
  /** The count up to which everything was sent or is not for this client. */
  readonly last: EventCount;
  /** The count up to which a pong, or the client's own `seq`, proves that the client has it … */
  readonly proven: EventCount;
  /** … and up to which the backend has that stored. */
  readonly stored: EventCount;
  readonly pingAt: number;
  readonly pingNumber: number;
  /** Pings not yet answered, oldest first. */
  readonly pings: readonly Ping[];
  /** The last proof of life. */
  readonly seenAt: number;
  /** The renewal in flight. */
  readonly renewing: Renewal | undefined;
  /** The renewal to send when the one in flight is answered, or at `retryAt`. */
  readonly wanted: Renewal | undefined;
  readonly retryAt: number;
  /** Events published at or after `till`, held until the backend says whether the seat stood then. */
  readonly held: readonly CallEvent[];
  readonly parting: Parting | undefined;
  readonly jitter: number;
}

export interface Ping {
  readonly number: number;
  /** What had been sent before it. */
  readonly lastEvent: EventCount;
}

export interface Renewal {
  /** The monotonic time of the proof of life; 0 where it only asks or stores. */
  readonly seenAt: number;
  readonly cursor: EventCount;
}

/** What to store when a websocket has ended, by how it ended. */
export interface Unstored {
  readonly generation: number;
  readonly epoch: number;
  readonly leaseEnd: number;
  /** The cursor when only the pongs count, and when the client's close echoed ours. Undefined: nothing to store. */
  readonly proven: EventCount | undefined;
  readonly echoed: EventCount | undefined;
}

/** The way to a close that must store something first, or must not come all at once. */
export interface Parting {
  readonly reason: CloseReason;
  /** What it waits for; at `at` it goes on without. */
  readonly until: "pong" | "renewal" | "time";
  readonly at: number;
  /** The loss that its close tells. */
  readonly unreportedLoss: UnreportedLoss | undefined;
}

export interface PresenceOptions {
  readonly pingIntervalMs: number;
  readonly readTimeoutMs: number;
}

/** What happens to a websocket. */
export type PresenceEvent =
  | { readonly type: "handshake"; readonly resumeAfter: SequenceNumber | undefined }
  | { readonly type: "refused"; readonly reason: CloseReason }
  | AttachedEvent
  /** The backend found a loss that this client must be told. */
  | { readonly type: "lost"; readonly unreportedLoss: UnreportedLoss }
  | { readonly type: "event"; readonly event: CallEvent; readonly now: number }
  /** `cameAt` is when the pong came at the earliest: after a pause of this process, long before `now`. */
  | { readonly type: "pong"; readonly number: number; readonly cameAt: number; readonly now: number }
  | { readonly type: "renewed"; readonly reply: RenewReply; readonly sentAt: number; readonly now: number }
  | { readonly type: "unrenewed"; readonly now: number }
  | { readonly type: "tick"; readonly now: number }
  /** The event of this count, and what came after it, did not go out: the client reads too slowly. */
  | { readonly type: "unsent"; readonly eventCount: EventCount }
  /** It was replaced, its seat is gone, or its client violates the protocol. */
  | { readonly type: "end"; readonly reason: CloseReason }
  | { readonly type: "lose"; readonly cursor: EventCount }
  | { readonly type: "verify" }
  /** This process drains; `lasting` when the seat outlives it, so that its cursor is worth storing. */
  | { readonly type: "drain"; readonly lasting: boolean; readonly now: number }
  /** The websocket has ended; `echoed` when the client's close answered ours, which proves all that was sent. */
  | { readonly type: "ended"; readonly echoed: boolean };

/** The backend attached the websocket. */
export interface AttachedEvent {
  readonly type: "attached";
  readonly attached: Attached;
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
  | { readonly do: "attach"; readonly resumeAfter: SequenceNumber | undefined }
  | { readonly do: "welcome"; readonly attached: Attached }
  | { readonly do: "send"; readonly event: CallEvent }
  | { readonly do: "ping"; readonly number: number }
  /** `seenAt` is the monotonic time of the proof of life, 0 for none. */
  | ({ readonly do: "renew" } & Holder)
  | { readonly do: "close"; readonly reason: CloseReason };

export type Step = readonly [Presence, ...Effect[]];
