import type { CallState } from "webrtc-signals-client";

/** What the page is at, in one word; it stands on the document as `data-state`, for the stylesheet and for tests. */
export type PageState = keyof typeof statusOf;

/** What is said of each state where the page says how it goes. */
export const statusOf = {
  joining: "Joining…",
  waiting: "Waiting for somebody",
  connecting: "Connecting…",
  connected: "Connected",
  reconnecting: "Reconnecting…",
  full: "Not on the call",
  left: "Not on the call",
  replaced: "Not on the call",
  failed: "Not on the call",
} as const;

/** The state of a call that stands: what it says of itself, and of the connections to its peers. */
export function stateOf(call: CallState, peers: readonly RTCPeerConnectionState[]): PageState {
  if (call !== "open") return "reconnecting";
  if (peers.length === 0) return "waiting";
  if (peers.includes("connected")) return "connected";
  return peers.some((peer) => peer === "disconnected" || peer === "failed") ? "reconnecting" : "connecting";
}
