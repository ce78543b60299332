import type { CloseReason } from "webrtc-signals-protocol";
import type { RenewReply, UnreportedLoss } from "../ports/backend.ts";
import { close, lastWord, renewal, tell, unstored } from "./closing.ts";
import type { CallEvent } from "../feed/envelope.ts";
import type {
  AttachedEvent,
  Effect,
  Parting,
  PresenceEvent,
  PresenceOptions,
  Renewal,
  Seated,
  Step,
} from "./presence-state.ts";

/** Events not yet proven are followed by a ping within this time. */
const proofWithinMs = 1000;
/** How long a parting waits for a pong, and again for a renewal. */
const partingMs = 1000;
/** Over how long many closes for the same loss are spread, so that not all clients reconnect at the same time. */
const lossSpreadMs = 2000;
/** More unanswered pings than this prove nothing that the later ones do not. */
const keptPings = 32;
/** A log's worth: a client that waits for more is better served by its next attach. */
const heldEvents = 256;

/** Starts with WELCOME and the replay; the live events follow. */
export function startSeated(event: AttachedEvent, options: PresenceOptions): Step {
  const { attached, events, sentAt, now, jitter } = event;
  const state: Seated = {
    phase: "seated",
    generation: attached.generation,
    seatNumber: attached.seatNumber,
    epoch: attached.epoch,
    leaseEnd: attached.leaseEnd,
    leaseEndsAt: sentAt + event.leaseLeftMs,
    last: attached.replayAfter,
    proven: attached.replayAfter,
    stored: attached.replayAfter,
    pingAt: now + options.pingIntervalMs,
    pingNumber: 0,
    pings: [],
    seenAt: now,
    renewing: undefined,
    wanted: undefined,
    retryAt: Infinity,
    held: [],
    parting: undefined,
    jitter,
  };
  const [replayed, ...sends] = sendAll(state, events, now);
  return [{ ...replayed, last: attached.head }, { do: "welcome", attached }, ...sends];
}

export function seated(state: Seated, event: PresenceEvent, options: PresenceOptions): Step {
  switch (event.type) {
    case "event":
      return receive(state, event.event, event.now);
    case "pong":
      return pong(state, event.number, event.cameAt, event.now);
    case "renewed":
      return renewed(state, event.reply, event.sentAt, event.now);
    case "unrenewed":
      return unrenewed(state, event.now, options);
    case "tick":
      return tick(state, event.now, options);
    case "verify":
      if (state.parting !== undefined) return [state];
      return renew(part(state, "events lost", "renewal", Infinity), { seenAt: 0, cursor: state.proven });
    case "lose":
      return state.parting === undefined ? tell({ ...state, cursor: event.cursor }) : [state];
    case "unsent":
      return close({ ...state, last: Math.min(state.last, event.eventCount - 1) }, "too slow");
    case "end":
    case "refused":
      return close(state, event.reason);
    case "drain":
      return drain(state, event.lasting, event.now);
    case "ended":
      return [{ phase: "ended" }, ...lastWord(unstored(state), event.echoed)];
    case "handshake":
    case "attached":
    case "lost":
      return [state];
  }
}

function receive(state: Seated, event: CallEvent, now: number): Step {
  if (state.parting !== undefined || event.eventCount <= state.last) return [state];
  if (state.held.length === 0 && event.at < state.leaseEnd) return sendAll(state, [event], now);
  if (state.held.length === heldEvents) return close(state, "too slow");
  const holding = { ...state, held: [...state.held, event] };
  // A renewal in flight asks again by itself while anything is held.
  return state.renewing === undefined ? renew(holding, { seenAt: 0, cursor: state.proven }) : [holding];
}

/** Sends what is for this client, in order; its own echo and what came before its join are passed over. */
function sendAll(state: Seated, events: readonly CallEvent[], now: number): readonly [Seated, ...Effect[]] {
  const sends: Effect[] = [];
  let { last, pingAt } = state;
  for (const event of events) {
    if (event.eventCount <= last) continue;
    last = event.eventCount;
    if (event.sender === state.seatNumber || event.eventCount <= state.seatNumber) continue;
    sends.push({ do: "send", event });
    pingAt = Math.min(pingAt, now + proofWithinMs);
  }
  return [{ ...state, last, pingAt }, ...sends];
}

function pong(state: Seated, number: number, cameAt: number, now: number): Step {
  const answered = state.pings.find((sent) => sent.number === number);
  // A pong that answers no outstanding ping proves nothing and renews nothing.
  if (answered === undefined) return [state];
  const pings = state.pings.filter((sent) => sent.number > number);
  const proven = Math.max(state.proven, answered.lastEvent);
  const seen = { ...state, pings, proven, seenAt: now };
  const parts = state.parting?.until === "pong" && pings.length === 0;
  const next = parts ? part(seen, "restarting", "renewal", now + partingMs) : seen;
  return renew(next, { seenAt: cameAt, cursor: proven });
}

/** Sends a renewal, or remembers it while another is in flight. */
function renew(state: Seated, asked: Renewal): Step {
  const due = merge(state.wanted, asked);
  if (state.renewing !== undefined) return [{ ...state, wanted: due }];
  return [{ ...state, renewing: due, wanted: undefined, retryAt: Infinity }, renewal(state, due)];
}

function merge(one: Renewal | undefined, other: Renewal): Renewal {
  if (one === undefined) return other;
  return { seenAt: Math.max(one.seenAt, other.seenAt), cursor: Math.max(one.cursor, other.cursor) };
}

function renewed(state: Seated, reply: RenewReply, sentAt: number, now: number): Step {
  if (reply.word === "gone") return close(state, "seat renewal failure");
  if (reply.word === "replaced" || reply.word === "left") return close(state, reply.word);
  const stored = Math.max(state.stored, state.renewing?.cursor ?? 0);
  const leaseEndsAt = sentAt + (reply.leaseEnd - reply.now);
  const kept: Seated = { ...state, leaseEnd: reply.leaseEnd, leaseEndsAt, stored, renewing: undefined };
  // Told once: pongs that come until then hear of the loss again, and must not put the close off.
  if (state.parting?.until === "time") return [kept];
  if (reply.word === "lost") {
    const unreportedLoss = {
      generation: state.generation,
      epoch: reply.epoch,
      leaseEnd: reply.leaseEnd,
      cursor: 0,
    };
    return [part(kept, "events lost", "time", now + state.jitter * lossSpreadMs, unreportedLoss)];
  }
  if (state.parting?.until === "renewal" && state.wanted === undefined)
    return close(kept, state.parting.reason);
  const [released, ...sends] = release(kept, now);
  if (released.held.length === 0 && released.wanted === undefined) return [released, ...sends];
  const [asking, ...effects] = renew(released, { seenAt: 0, cursor: released.proven });
  return [asking, ...sends, ...effects];
}

/** Sends the held events for which the seat is now known to have stood. */
function release(state: Seated, now: number): readonly [Seated, ...Effect[]] {
  if (state.held.length === 0) return [state];
  // In their order, even where the backend's clock stepped back between them.
  const due = state.held.findIndex((event) => event.at >= state.leaseEnd);
  const [ready, held] = due < 0 ? [state.held, []] : [state.held.slice(0, due), state.held.slice(due)];
  return sendAll({ ...state, held }, ready, now);
}

/** The backend did not answer: the proof is kept, and tried again until the lease ends. */
function unrenewed(state: Seated, now: number, options: PresenceOptions): Step {
  const wanted = state.renewing === undefined ? state.wanted : merge(state.wanted, state.renewing);
  return [{ ...state, renewing: undefined, wanted, retryAt: now + options.pingIntervalMs / 4 }];
}

function tick(state: Seated, now: number, options: PresenceOptions): Step {
  if (now >= state.leaseEndsAt) return close(state, "backend failure");
  if (now >= state.seenAt + options.readTimeoutMs) {
    // Every ping was answered: this process stood still and did not ask. The client has the whole time again.
    if (state.pings.length > 0 || state.parting !== undefined) return close(state, "pong timeout");
    return ping({ ...state, seenAt: now }, now + options.pingIntervalMs);
  }
  if (state.parting !== undefined && now >= state.parting.at) {
    const isAsking = state.renewing !== undefined || state.wanted !== undefined;
    // No pong came, so nothing more is proven; what is on its way is waited for once more.
    if (state.parting.until !== "pong" || !isAsking) return close(state, state.parting.reason);
    return [part(state, state.parting.reason, "renewal", now + partingMs)];
  }
  if (now >= state.retryAt && state.wanted !== undefined) return renew(state, state.wanted);
  if (now >= state.pingAt) return ping(state, now + options.pingIntervalMs);
  return [state];
}

function ping(state: Seated, next: number): readonly [Seated, ...Effect[]] {
  const number = state.pingNumber + 1;
  const pings = [...state.pings.slice(1 - keptPings), { number, lastEvent: state.last }];
  return [
    { ...state, pingAt: next, pingNumber: number, pings },
    { do: "ping", number },
  ];
}

/** Nothing more is sent; one last ping asks what the client has, so that its next attach starts there. */
function drain(state: Seated, lasting: boolean, now: number): Step {
  if (state.parting !== undefined) return [state];
  if (!lasting || (state.last === state.stored && state.renewing === undefined))
    return close(state, "restarting");
  return ping(part(state, "restarting", "pong", now + partingMs), Infinity);
}

function part(
  state: Seated,
  reason: CloseReason,
  until: Parting["until"],
  at: number,
  unreportedLoss?: UnreportedLoss,
): Seated {
  return { ...state, parting: { reason, until, at, unreportedLoss }, held: [] };
}
