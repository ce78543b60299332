import type { CloseReason } from "webrtc-signals-protocol";
import type { CallEvent } from "../feed/envelope.ts";
import type { Attached } from "../ports/backend.ts";

/**
 * The port through which a presence writes to its websocket. What is written is sent in order, before a close; nothing
 * is written after it.
 */
export interface Connection {
  /** How many bytes wait to be sent. */
  readonly bufferedBytes: number;
  /** Sends WELCOME for the call that the handshake named. */
  sendWelcome(attached: Attached): void;
  sendEvent(event: CallEvent): void;
  sendPing(number: number): void;
  /** Starts the closing handshake (RFC 6455, section 7.1.2). */
  closeFor(reason: CloseReason): void;
  /** Stops reading: what the client still sends is not worth it. */
  pause(): void;
  /** Cuts the connection. */
  terminate(): void;
  /** What is written between the two goes out together. */
  cork(): void;
  uncork(): void;
}
