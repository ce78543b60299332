/** A STUN or TURN server, as `RTCPeerConnection` takes it (W3C WebRTC, RTCIceServer). */
export interface IceServer {
  /** RFC 7064 and 7065: `stun:host:port`, `turns:host:port?transport=tcp`. */
  readonly urls: string | string[];
  readonly username?: string;
  readonly credential?: string;
}

/** What `POST /ice` answers. No server at all means: peers find each other by their own addresses. */
export interface IceAnswer {
  readonly iceServers: readonly IceServer[];
  /** For how many seconds these can be used to reach a server anew; before that, ask again. */
  readonly ttl: number;
}
