import type { EventCount, SequenceNumber, SignalKind } from "webrtc-signals-protocol";

/**
 * What keeps the calls: the port that every backend stands behind. One method is one decision, taken
 * whole or not at all, by the backend's own clock (milliseconds). Refusals are words; a backend that
 * can't answer rejects with a `BackendError`. `test/backends/contract.ts` says everything a backend owes.
 */
export interface Backend {
  /** Whether seats outlive this process, so that a client closed here can attach elsewhere. */
  readonly outlivesProcess: boolean;

  /** Takes a seat for a session just minted and appends its PEER, or finds the call full. */
  join(call: string, session: string, introduction: Body, limits: CallLimits): Promise<JoinReply>;

  /** Appends a signal from a seat's holder and sends it to whoever hears the call. Renews nothing. */
  publish(
    call: string,
    session: string,
    kind: SignalKind,
    body: Body,
    limits: CallLimits,
  ): Promise<PublishReply>;

  /**
   * Attaches a websocket: it replaces the session's older one and renews the lease. Returns the events to replay.
   * `resumeAfter` is the sequence number up to which the client has all events (0: its join); without one the replay starts at the cursor.
   */
  attach(
    call: string,
    session: string,
    resumeAfter: SequenceNumber | undefined,
    limits: CallLimits,
  ): Promise<AttachReply>;

  /** Renews a seat on proof of life. Never acquires one, except what a loss of data took away. */
  renew(call: string, session: string, holder: Holder, limits: CallLimits): Promise<RenewReply>;

  /** Whether a session holds a seat on the call now. Changes nothing and renews nothing. */
  holds(call: string, session: string): Promise<HoldsReply>;

  /** Frees a seat at once and tells the processes that hear the call. */
  leave(call: string, session: string): Promise<LeaveReply>;

  /** Frees a seat whose joiner never got its answer, as soon as that can be. Never rejects. */
  release(call: string, session: string): void;

  /** Answers what a process missed of a call after the event count `after` of `epoch`. */
  resync(call: string, epoch: number, after: EventCount): Promise<ResyncReply>;

  /** Opens this process's ear. The listener hears every subscribed call's messages in their order. */
  open(listener: ChannelListener): Channels;

  /** Whether the backend answers now. Never rejects. */
  reachable(): Promise<boolean>;

  /** Ends all connections and timers. Idempotent. */
  close(): Promise<void>;
}

/** A body as it came: a JSON string literal, quotes included, in UTF-8. Empty: there is none. */
export type Body = Uint8Array;

/** What a call is made of. Durations in milliseconds, sizes in bytes. */
export interface CallLimits {
  /** How many sessions may hold a seat at once. */
  readonly seatCount: number;
  /** How long a seat is held without a renewal. */
  readonly leaseMs: number;
  /** The log's bounds: it is trimmed to both, but keeps its newest event. */
  readonly logEntries: number;
  readonly logBytes: number;
}

/** What a websocket knows of the seat it renews. */
export interface Holder {
  /** The generation its attach was given: how many websockets this session has had. */
  readonly generation: number;
  /** When the proof of life came, in the backend's time, as a lower bound. 0: no proof, only a cursor. */
  readonly seenAt: number;
  /** The count of the last event the client is proven to have. */
  readonly cursor: EventCount;
  /** The epoch the websocket attached in. */
  readonly epoch: number;
  /** The lease end that the backend itself last answered: the right to be seated again after a loss of data. */
  readonly leaseEnd: number;
}

/** Every reply carries the backend's time at the decision. */
interface Timed {
  readonly now: number;
}

/** `seatNumber` is the event count of the joiner's own PEER; `leaseEnd` is when its lease ends, in the backend's milliseconds. */
export type JoinReply = Timed &
  (
    | {
        readonly word: "ok";
        readonly epoch: number;
        readonly seatNumber: EventCount;
        readonly leaseEnd: number;
      }
    | { readonly word: "full" }
  );

export type PublishReply = Timed &
  (
    | { readonly word: "ok"; readonly epoch: number; readonly eventCount: EventCount }
    | { readonly word: "gone" }
  );

export type AttachReply = Timed &
  (
    | ({ readonly word: "ok" } & Attached)
    /** Events this session was owed are lost and the client gave no position: close 4410, attach again. */
    | ({ readonly word: "lost" } & UnreportedLoss)
    | { readonly word: "gone" }
  );

/**
 * A loss that the client must be told. Nothing is stored of it but the lease: only a renewal with
 * this epoch and cursor says that it was, and until then every attach without a position is told.
 */
export interface UnreportedLoss {
  readonly epoch: number;
  readonly cursor: EventCount;
  readonly generation: number;
  readonly leaseEnd: number;
}

/** A websocket attached, at a point in the call's order. */
export interface Attached {
  readonly epoch: number;
  /** The replay holds what came after this count … */
  readonly replayAfter: EventCount;
  /** … up to the call's head at the time of the attach. */
  readonly head: EventCount;
  /** The seats version: raised by whatever changes who may hear the call, other than a join. */
  readonly version: number;
  readonly generation: number;
  /** The event count of the session's own PEER. The session receives only later events. */
  readonly seatNumber: EventCount;
  readonly leaseEnd: number;
  /** Whether the replay holds everything the client is owed. */
  readonly recovered: boolean;
  /** The log after `replayAfter`, encoded (`envelope.ts`). */
  readonly log: readonly Uint8Array[];
}

export type RenewReply = Timed &
  (
    | ({ readonly word: "ok" } & Renewed)
    /** The seat stands, but events are lost: close 4410, and renew with the new epoch when the client knows. */
    | ({ readonly word: "lost" } & Renewed)
    /** A newer websocket of this session replaced this one: nothing was changed. */
    | { readonly word: "replaced" }
    /** The session left, and its message has not been heard yet. */
    | { readonly word: "left" }
    | { readonly word: "gone" }
  );

export interface Renewed {
  readonly epoch: number;
  readonly head: EventCount;
  readonly leaseEnd: number;
  readonly version: number;
}

export type HoldsReply = Timed & { readonly word: "ok" | "gone" };

export type LeaveReply = Timed & { readonly word: "ok" | "gone" };

export type ResyncReply = Timed &
  (
    | ({ readonly word: "ok" | "trimmed" } & Missed)
    /** `other`: the call has begun anew or lost its data since. `absent`: it is not there at all. */
    | { readonly word: "other" | "absent" }
  );

export interface Missed {
  readonly head: EventCount;
  readonly version: number;
  /** The seats that are held now: seat number → generation. */
  readonly live: ReadonlyMap<EventCount, number>;
  /** The log after the event count asked for, encoded; where it was trimmed, all there is. */
  readonly log: readonly Uint8Array[];
}

/** Hears what the backend sends between commands. */
export interface ChannelListener {
  /** One message of a call, encoded (`envelope.ts`). */
  message(call: string, bytes: Uint8Array): void;
  /** Messages may have been missed: everything subscribed must be compared with its log. */
  lost(): void;
  /** The call is subscribed (again): what was missed can be fetched now. */
  subscribed(call: string): void;
}

/** One process's subscriptions. */
export interface Channels {
  /** Starts hearing a call; `heard` follows when the backend has confirmed it, now and after each loss. */
  subscribe(call: string): void;
  unsubscribe(call: string): void;
  close(): Promise<void>;
}

/** The backend could not answer. */
export class BackendError extends Error {
  override readonly name: string = "BackendError";
  /** `unsent`: nothing was decided. `unknown`: the command was sent and its answer never came. */
  readonly code: "unsent" | "unknown";

  constructor(code: "unsent" | "unknown", options?: ErrorOptions) {
    super(code === "unsent" ? "the backend is away" : "the backend did not answer", options);
    this.code = code;
  }
}
