import { WebSocketServer } from "ws";
import type { Upgrade } from "../upgrade.ts";
import { PeerSocket } from "./peer-socket.ts";
import type { WebsocketContext } from "./websocket-context.ts";

/** Makes the websocket endpoint. */
export function websocketEndpoint(context: WebsocketContext): Upgrade {
  const server = new WebSocketServer(options);
  const refusals = new WeakMap<object, (detail: string) => void>();
  // Such as a Sec-WebSocket-Protocol that is no list of tokens.
  server.on("wsClientError", (error, connection) => refusals.get(connection)?.(error.message));
  return (request, connection, head, refuse) => {
    refusals.set(connection, refuse);
    server.handleUpgrade(request, connection, head, (socket) => {
      refusals.delete(connection);
      socket.open(context, connection);
    });
  };
}

const options = {
  noServer: true,
  WebSocket: PeerSocket,
  clientTracking: false,
  perMessageDeflate: false,
  // What a client may send at once, in bytes; after the handshake it is discarded unread.
  maxPayload: 64 * 1024,
  maxFragments: 16,
  // A handshake that comes byte by byte is still one.
  maxBufferedChunks: 256,
  // Pings are answered by the `PeerSocket`, which counts them first.
  autoPong: false,
  // None is defined, so none is selected, whatever a client offers (RFC 6455, section 4.2.2).
  handleProtocols: () => false as const,
  // How long the client may take to answer our close before its connection is cut, in milliseconds.
  closeTimeout: 2000,
};
