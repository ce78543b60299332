import { type PeerConfig, RTCPeerConnection } from "werift";
import type { PeersOptions } from "../../packages/client/src/index.ts";

const loopbackOnly: Partial<PeerConfig> & { bundlePolicy: "max-bundle" } = {
  bundlePolicy: "max-bundle",
  iceUseIpv4: false,
  iceUseIpv6: false,
  iceAdditionalHostAddresses: ["127.0.0.1"],
};

class LoopbackConnection extends RTCPeerConnection {
  constructor() {
    super({ ...loopbackOnly, iceServers: [] });
  }
}

/** What `connectPeers` needs to make its connections with werift, on loopback and nothing else. */
export const werift: PeersOptions = { iceServers: [], RTCPeerConnection: LoopbackConnection };
