import { type CloseReason, closes } from "webrtc-signals-protocol";
import type { Untold } from "../ports/backend.ts";
import type { Effect, Renewal, Seated, Step, Unstored } from "./presence-state.ts";

/** Closes 4410; the loss stays untold until the client's close echoes ours. */
export function tell({ gen, epoch, till, cursor }: Untold): Step {
  return [
    { phase: "closing", seat: { gen, epoch, till, proven: undefined, echoed: cursor } },
    { do: "close", reason: "events lost" },
  ];
}

/** Closes a seated websocket. */
export function close(state: Seated, reason: CloseReason): Step {
  if (state.parting?.untold !== undefined && reason === "events lost") return tell(state.parting.untold);
  // Only who comes back with this session has a use for its cursor.
  const seat = closes[reason].advice.startsWith("attach again") ? unstored(state) : undefined;
  return [
    { phase: "closing", seat },
    { do: "close", reason },
  ];
}

/** What the backend does not have yet: an end proves nothing beyond the pongs before it, an echo all that was sent. */
export function unstored({ gen, epoch, till, last, proven, stored }: Seated): Unstored {
  return {
    gen,
    epoch,
    till,
    proven: proven > stored ? proven : undefined,
    echoed: last > stored ? last : undefined,
  };
}

/** What to store when a websocket has ended. */
export function lastWord(seat: Unstored | undefined, echoed: boolean): Effect[] {
  const cursor = echoed ? seat?.echoed : seat?.proven;
  return seat === undefined || cursor === undefined ? [] : [renewal(seat, { seenAt: 0, cursor })];
}

/** A renewal, as the backend is asked for it. */
export function renewal(
  { gen, epoch, till }: Pick<Seated, "gen" | "epoch" | "till">,
  { seenAt, cursor }: Renewal,
): Effect {
  return { do: "renew", gen, epoch, till, seenAt, cursor };
}
