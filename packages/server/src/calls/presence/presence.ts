import type { CloseReason } from "webrtc-signals-protocol";
import { lastWord, tell } from "./closing.ts";
import type { Presence, PresenceEvent, PresenceOptions, Step } from "./presence-state.ts";
import { startSeated, seated } from "./seated.ts";

/** A websocket just opened. */
export function greeting(now: number, joinTimeoutMs: number): Presence {
  return { phase: "greeting", deadline: now + joinTimeoutMs };
}

/**
 * The machine of one websocket: takes what happened and answers the next state and what is to be
 * done, and does nothing itself. What makes no sense in a state changes nothing.
 */
export function step(state: Presence, event: PresenceEvent, options: PresenceOptions): Step {
  switch (state.phase) {
    case "greeting":
      if (event.type === "handshake")
        return [{ phase: "attaching" }, { do: "attach", resumeAfter: event.resumeAfter }];
      if (event.type === "tick" && event.now >= state.deadline) return close("handshake timeout");
      return beforeSeat(state, event);
    case "attaching":
      if (event.type === "attached") return startSeated(event, options);
      if (event.type === "lost") return tell(event.unreportedLoss);
      return beforeSeat(state, event);
    case "seated":
      return seated(state, event, options);
    case "closing":
      return event.type === "ended" ? [{ phase: "ended" }, ...lastWord(state.seat, event.echoed)] : [state];
    case "ended":
      return [state];
  }
}

/** When the next `tick` is due, in monotonic milliseconds; Infinity where nothing is waited for. */
export function nextTick(state: Presence, options: PresenceOptions): number {
  if (state.phase === "greeting") return state.deadline;
  if (state.phase !== "seated") return Infinity;
  const { pingAt, seenAt, leaseEndsAt, retryAt, parting } = state;
  return Math.min(pingAt, seenAt + options.readTimeoutMs, leaseEndsAt, retryAt, parting?.at ?? Infinity);
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
