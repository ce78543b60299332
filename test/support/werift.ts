import assert from "node:assert/strict";
import { type PeerConfig, RTCPeerConnection } from "werift";
import type { PeersOptions } from "../../src/client/index.ts";

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

type Connection = NonNullable<PeersOptions["RTCPeerConnection"]>;

/** What `connectPeers` needs to make its connections with werift, on loopback and nothing else. */
export const werift: PeersOptions = { iceServers: [], RTCPeerConnection: asBrowsers(LoopbackConnection) };

/** It does as the browser's does, in all that the client asks of it; its types do not say so. */
function asBrowsers(connection: unknown): Connection {
  assert.ok(isConnection(connection));
  return connection;
}

function isConnection(value: unknown): value is Connection {
  return typeof value === "function";
}
