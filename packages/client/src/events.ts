import type { SignalKind } from "webrtc-signals-protocol";
import type { SignalsError } from "./errors.ts";

/** What a peer on the call said, or that it came (`PEER`, with its introduction as the body). */
export interface PeerMessage {
  readonly kind: "PEER" | SignalKind;
  /** As it was given; empty where a PEER has no introduction. */
  readonly body: string;
}

/** Why a call ended; `error` where it was not wanted. */
export interface Ended {
  readonly reason: "left" | "replaced" | "aborted" | "refused" | "failed";
  readonly error?: SignalsError;
}

/** `attaching`: the seat is held, and the websocket is on its way, for the first time or again. */
export type CallState = "joining" | "attaching" | "open" | "closed";

/** What a call tells. */
export interface CallEvents {
  /** Each message, in its order, once. */
  message: PeerMessage;
  /** Each signal of this call's own, once the server has taken it. */
  sent: PeerMessage;
  state: CallState;
  /** Messages were lost and can't be had again: negotiate anew. */
  gap: undefined;
  /** The seat was lost and another one taken: to the peers this is a new peer. */
  rejoin: undefined;
  /** `leave` was called: what is said now is said before it. */
  leave: undefined;
}

export interface CallOptions {
  /** Handed to the others as the body of `PEER`; by default what tells `connectPeers` who came. */
  readonly introduction?: string | undefined;
  /** Keeps the session in `sessionStorage` over a reload, so that the page gets its own seat back. */
  readonly keepSession?: boolean | undefined;
  /** Leaves the call when the page is hidden for good. By default it doesn't: the page may come back. */
  readonly leaveOnPageHide?: boolean | undefined;
  /** Ends the call, and leaves the seat to its lease: `leave` gives it back. */
  readonly signal?: AbortSignal | undefined;
}
