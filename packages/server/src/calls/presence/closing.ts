import { type CloseReason, closes } from "webrtc-signals-protocol";
import type { UnreportedLoss } from "../ports/backend.ts";
import type { Effect, Renewal, Seated, Step, Unstored } from "./presence-state.ts";

/** Closes 4410; the loss stays untold until the client's close echoes ours. */
export function tell({ generation, epoch, leaseEnd, cursor }: UnreportedLoss): Step {
  return [
    { phase: "closing", seat: { generation, epoch, leaseEnd, proven: undefined, echoed: cursor } },
    { do: "close", reason: "events lost" },
  ];
}

/** Closes a seated websocket. */
export function close(state: Seated, reason: CloseReason): Step {
  if (state.parting?.unreportedLoss !== undefined && reason === "events lost")
    return tell(state.parting.unreportedLoss);
  // Only who comes back with this session has a use for its cursor.
  const seat = closes[reason].advice.startsWith("attach again") ? unstored(state) : undefined;
  return [
    { phase: "closing", seat },
    { do: "close", reason },
  ];
}

/** What the backend does not have yet: an end proves nothing beyond the pongs before it, an echo all that was sent. */
export function unstored({ generation, epoch, leaseEnd, last, proven, stored }: Seated): Unstored {
  return {
    generation,
    epoch,
    leaseEnd,
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
  { generation, epoch, leaseEnd }: Pick<Seated, "generation" | "epoch" | "leaseEnd">,
  { seenAt, cursor }: Renewal,
): Effect {
  return { do: "renew", generation, epoch, leaseEnd, seenAt, cursor };
}
