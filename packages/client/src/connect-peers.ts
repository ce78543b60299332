import type { Call } from "./call.ts";
import { Peers, type PeersOptions } from "./peers.ts";

/**
 * Connects to every other peer on a call, and keeps the connections: those who come later included.
 *
 *     const peers = connectPeers(call);
 *     peers.on("peer", ({ connection }) => connection.addEventListener("track", show));
 *     for (const track of stream.getTracks()) peers.addTrack(track, stream);
 *
 * @throws SignalsError `no_webrtc`
 */
export function connectPeers(call: Call, options: PeersOptions = {}): Peers {
  return new Peers(call, options);
}
