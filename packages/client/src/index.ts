/**
 * signals, the client: `joinCall` takes a seat on a call and keeps it, `connectPeers` makes and keeps the connections to
 * the others on it. For browsers, and Node 24 or newer.
 */
export type { Call } from "./call.ts";
export { joinCall } from "./join-call.ts";
export type { IceServer } from "webrtc-signals-protocol";
export type { CallEvents, CallOptions, CallState, Ended, PeerMessage } from "./events.ts";
export { CallFullError, type ErrorCode, SeatLostError, SignalsError, SignalUnknownError } from "./errors.ts";
export { connectPeers } from "./connect-peers.ts";
export { openMedia } from "./open-media.ts";
export type { Peer } from "./peer.ts";
export type { Peers, PeersEvents, PeersOptions } from "./peers.ts";
export { iceServersOf } from "./ice.ts";
