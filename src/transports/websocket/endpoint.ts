import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { AttachContext } from "./attach-context.ts";
import { SeatSocket } from "./seat-socket.ts";

/** Takes a connection that the HTTP side has let through to `GET /ws`. */
export type Upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer) => void;

/** Makes the websocket endpoint. */
export function websocketEndpoint(context: AttachContext): Upgrade {
  const server = new WebSocketServer(options);
  return (request, connection, head) => {
    server.handleUpgrade(request, connection, head, (socket) => socket.open(context));
  };
}

const options = {
  noServer: true,
  WebSocket: SeatSocket,
  clientTracking: false,
  perMessageDeflate: false,
  // What a client may send at once, in bytes; after the handshake it is discarded unread.
  maxPayload: 64 * 1024,
  maxFragments: 16,
  maxBufferedChunks: 64,
  // How long the client may take to answer our close before its connection is cut, in milliseconds.
  closeTimeout: 2000,
};
