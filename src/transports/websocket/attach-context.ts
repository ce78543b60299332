import type { FanOut } from "../../backends/fan-out.ts";
import type { BackendTime } from "../../calls/backend-time.ts";
import type { CallContext } from "../../calls/call-context.ts";
import type { PresenceRules } from "../../calls/presence.ts";
import type { EventFrames } from "../frames.ts";
import type { SeatSocket } from "./seat-socket.ts";
import type { Wheel } from "./wheel.ts";

/** What all websockets of a process share. */
export interface AttachContext extends CallContext {
  readonly fanOut: FanOut;
  readonly backendTime: BackendTime;
  readonly presenceRules: PresenceRules;
  readonly wheel: Wheel<SeatSocket>;
  readonly frames: EventFrames;
  readonly sockets: Set<SeatSocket>;
  /** What may wait for a slow client, in bytes, before it is closed. */
  readonly sendBufferBytes: number;
  /** How long an open websocket may take for its handshake. */
  readonly joinTimeoutMs: number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}
