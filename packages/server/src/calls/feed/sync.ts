import type { EventCount } from "webrtc-signals-protocol";
import type { Attached, Missed } from "../ports/backend.ts";
import { type CallEvent, type Control, type Envelope, isControl } from "./envelope.ts";

/**
 * How far a process has received a call, as a pure function: `step(state, event) → [state, ...effects]`. The call feed
 * performs the effects. A `Receiver` is opaque here.
 */
export type SyncState =
  /** No receiver. Messages are held for a receiver that is about to be added; earlier ones were received up to `seen`. */
  | { readonly phase: "idle"; readonly held: readonly Envelope[]; readonly seen: Position | undefined }
  /** Everything up to the position has been delivered. */
  | { readonly phase: "synced"; readonly position: Position }
  /** Messages may be missing. Nothing is delivered until the log has been compared; the comparison waits. */
  | {
      readonly phase: "unsynced";
      readonly position: Position;
      readonly held: readonly Envelope[];
      /** What the comparison waits for: the channel, or the time of a retry. */
      readonly until: "subscribed" | "retry";
    }
  /** The comparison with the log is in flight. */
  | {
      readonly phase: "filling";
      readonly position: Position;
      readonly held: readonly Envelope[];
      /** Identifies the comparison: a reply to an older one is ignored. */
      readonly question: Question;
      /** The message that showed the gap. The reply contains it, unless the comparison comes to nothing. */
      readonly gap: Envelope | undefined;
      /** What follows the reply: deliver again, compare again, or wait for the channel. */
      readonly next: "sync" | "compare" | "wait";
    };

/** The end of what this process has received of a call. */
export interface Position {
  readonly epoch: number;
  /** The event count of the last event. */
  readonly last: EventCount;
  /** The seats version. */
  readonly version: number;
}

/** Compared by identity. */
export interface Question {
  readonly position: Position;
}

export type SyncEvent<Receiver> =
  | { readonly type: "message"; readonly envelope: Envelope }
  /** The channel may have lost messages. */
  | { readonly type: "lost" }
  /** The channel is subscribed, for the first time or again. */
  | { readonly type: "subscribed" }
  | {
      readonly type: "added";
      readonly receiver: Receiver;
      readonly attached: Pick<Attached, "epoch" | "head" | "version">;
      /** The channel since the attach was sent: still the same subscription, a newer one, or none now. */
      readonly channel: "same" | "newer" | "lost";
    }
  /** The last receiver was removed. */
  | { readonly type: "emptied" }
  /** A renewal returned a later position a while ago. */
  | { readonly type: "behind"; readonly position: Position }
  | { readonly type: "filled"; readonly question: Question; readonly missed: Missed }
  /** The receivers have what was filled: the messages held meanwhile follow. */
  | { readonly type: "settled"; readonly question: Question }
  /** The call is another one by now, or it is gone. */
  | { readonly type: "ended"; readonly question: Question }
  /** The backend did not respond to the comparison. */
  | { readonly type: "unfilled"; readonly question: Question }
  | { readonly type: "retry" };

export type SyncEffect<Receiver> =
  | { readonly do: "deliver"; readonly event: CallEvent }
  /** Ends the receivers that were replaced or have left. */
  | { readonly do: "end"; readonly control: Control }
  | { readonly do: "add"; readonly receiver: Receiver }
  /** Compares with the log: what came after the position, or after the last event of a receiver that has less. */
  | { readonly do: "compare"; readonly question: Question }
  /** Brings the receivers for which the log was compared up to its head, then sends `settled`. */
  | { readonly do: "fill"; readonly missed: Missed; readonly question: Question }
  /** Removes all receivers; each renews its seat to find out what became of it. */
  | { readonly do: "verify" }
  /** Sends `retry` after a while. */
  | { readonly do: "retry" };

export type SyncStep<Receiver> = readonly [SyncState, ...SyncEffect<Receiver>[]];

/** A call without receivers, of which nothing has been received. */
export const idle: SyncState = { phase: "idle", held: [], seen: undefined };

export function step<Receiver>(state: SyncState, event: SyncEvent<Receiver>): SyncStep<Receiver> {
  switch (event.type) {
    case "message":
      return take(state, event.envelope);
    case "lost":
      return [state.phase === "idle" ? state : wait(state)];
    case "subscribed":
      return resume(state);
    case "added":
      return add(state, event);
    case "emptied":
      return [state.phase === "idle" ? state : { phase: "idle", held: heldOf(state), seen: state.position }];
    case "behind":
      return state.phase !== "idle" && isBehind(state.position, event.position) ? recheck(state) : [state];
    case "retry":
      return state.phase === "unsynced" && state.until === "retry" ? compare(state) : [state];
    case "filled":
    case "settled":
    case "ended":
    case "unfilled":
      // A reply to an older comparison says nothing about this position.
      return state.phase === "filling" && state.question === event.question ? settle(state, event) : [state];
  }
}

/** Whether the call is known to have advanced further than a position in the same epoch. */
export function isBehind(position: Position, { epoch, last, version }: Position): boolean {
  return position.epoch === epoch && (position.last < last || position.version < version);
}

type Filling = Extract<SyncState, { phase: "filling" }>;
type Occupied = Exclude<SyncState, { phase: "idle" }>;
type Added<Receiver> = Extract<SyncEvent<Receiver>, { type: "added" }>;
type Reply<Receiver> = Extract<SyncEvent<Receiver>, { question: Question }>;

function take<Receiver>(state: SyncState, envelope: Envelope): SyncStep<Receiver> {
  if (state.phase !== "synced") return [{ ...state, held: hold(state.held, envelope) }];
  const { position } = state;
  switch (judge(position, envelope)) {
    case "old":
      return [state];
    case "gap":
      return compare(state, "sync", envelope);
    case "next":
      return isControl(envelope)
        ? [synced({ ...position, version: envelope.version }), { do: "end", control: envelope }]
        : [synced({ ...position, last: envelope.eventCount }), { do: "deliver", event: envelope }];
  }
}

/** Whether a message is the next one, is known already, or shows that another one is missing. */
function judge({ epoch, last, version }: Position, message: Envelope): "old" | "next" | "gap" {
  if (message.epoch !== epoch) return "gap";
  if (isControl(message)) {
    if (message.version <= version) return "old";
    return message.version === version + 1 && message.head === last ? "next" : "gap";
  }
  if (message.eventCount <= last) return "old";
  return message.eventCount === last + 1 && message.version === version ? "next" : "gap";
}

/** Messages beyond the bound are dropped; the next one that is delivered then shows the gap. */
function hold(held: readonly Envelope[], envelope: Envelope): readonly Envelope[] {
  return held.length === heldMessages ? [envelope] : [...held, envelope];
}

/** Without the channel, nothing is delivered until it is subscribed again. */
function wait(state: Occupied): Occupied {
  return state.phase === "filling"
    ? { ...state, next: "wait" }
    : unsynced(state.position, heldOf(state), "subscribed");
}

function resume<Receiver>(state: SyncState): SyncStep<Receiver> {
  if (state.phase === "unsynced") return compare(state);
  return state.phase === "filling" && state.next === "wait" ? [{ ...state, next: "compare" }] : [state];
}

/** A receiver whose replay has been sent. What this process received or lost since its attach comes from the log. */
function add<Receiver>(
  state: SyncState,
  { receiver, attached, channel }: Added<Receiver>,
): SyncStep<Receiver> {
  const { epoch, head, version } = attached;
  const admit = { do: "add", receiver } as const;
  if (state.phase !== "idle" && state.position.epoch === epoch) {
    const { last, version: known } = state.position;
    const isCurrent = state.phase === "synced" && channel === "same" && last <= head && known <= version;
    if (isCurrent) return [state, admit];
    return after([admit], recheck(channel === "lost" ? wait(state) : state));
  }
  // Replies arrive in the order of their decisions, so another epoch is a newer one.
  const effects: SyncEffect<Receiver>[] = state.phase === "idle" ? [admit] : [{ do: "verify" }, admit];
  const held = heldOf(state);
  const position = { epoch, last: head, version };
  if (channel === "lost") return after(effects, compare(unsynced(position, held, "subscribed"), "wait"));
  const isCurrent = state.phase !== "idle" || state.seen === undefined || !isBehind(position, state.seen);
  if (channel === "newer" || !isCurrent) return after(effects, compare(unsynced(position, held, "retry")));
  return after(effects, deliverHeld(position, held));
}

/** Compares with the log now, or when the comparison in flight has ended. While the channel is lost, the log still helps. */
function recheck<Receiver>(state: Occupied): SyncStep<Receiver> {
  if (state.phase === "filling") return [state.next === "sync" ? { ...state, next: "compare" } : state];
  return compare(state, state.phase === "unsynced" && state.until === "subscribed" ? "wait" : "sync");
}

function compare<Receiver>(
  state: Occupied,
  next: "sync" | "wait" = "sync",
  gap?: Envelope,
): SyncStep<Receiver> {
  const { position } = state;
  const question = { position };
  return [
    { phase: "filling", position, held: heldOf(state), question, gap, next },
    { do: "compare", question },
  ];
}

function settle<Receiver>(state: Filling, event: Reply<Receiver>): SyncStep<Receiver> {
  const { next } = state;
  const held = heldOf(state);
  if (event.type === "ended") return [{ phase: "idle", held, seen: undefined }, { do: "verify" }];
  if (event.type === "settled") {
    if (next === "wait") return [unsynced(state.position, state.held, "subscribed")];
    return next === "compare"
      ? compare({ ...state, gap: undefined })
      : deliverHeld(state.position, state.held);
  }
  if (event.type === "unfilled") {
    if (next === "compare") return compare(state);
    if (next === "wait") return [unsynced(state.position, held, "subscribed")];
    return [unsynced(state.position, held, "retry"), { do: "retry" }];
  }
  const { head, version } = event.missed;
  const { epoch, last, version: known } = state.position;
  const position = { epoch, last: Math.max(last, head), version: Math.max(known, version) };
  return [
    { ...state, position },
    { do: "fill", missed: event.missed, question: event.question },
  ];
}

/** Takes what was held, in order. A gap among it starts a comparison, which holds the rest. */
function deliverHeld<Receiver>(position: Position, held: readonly Envelope[]): SyncStep<Receiver> {
  let state: SyncState = synced(position);
  const effects: SyncEffect<Receiver>[] = [];
  for (const envelope of held) {
    const [next, ...more] = take<Receiver>(state, envelope);
    state = next;
    effects.push(...more);
  }
  return [state, ...effects];
}

function after<Receiver>(
  effects: readonly SyncEffect<Receiver>[],
  [state, ...more]: SyncStep<Receiver>,
): SyncStep<Receiver> {
  return [state, ...effects, ...more];
}

function synced(position: Position): SyncState {
  return { phase: "synced", position };
}

function unsynced(position: Position, held: readonly Envelope[], until: "subscribed" | "retry"): Occupied {
  return { phase: "unsynced", position, held, until };
}

/** The messages that have not been delivered, in order. */
function heldOf(state: SyncState): readonly Envelope[] {
  if (state.phase === "synced") return [];
  return state.phase === "filling" && state.gap !== undefined ? [state.gap, ...state.held] : state.held;
}

/** As many as a log holds by default: beyond that, only the log can help. */
const heldMessages = 256;
