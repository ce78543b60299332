import { isUtf8 } from "node:buffer";
import {
  type CloseReason,
  isSequenceNumber,
  readMessage,
  type SequenceNumber,
} from "webrtc-signals-protocol";

/** The first message of a websocket: the JOIN that the join returned, with a sequence number if the client resumes. */
export interface Handshake {
  readonly call: string;
  readonly session: string;
  /** What the client has (0: nothing since its join); undefined for a client that does not resume. */
  readonly resumeAfter: SequenceNumber | undefined;
}

/** The largest handshake, in bytes. One is a few hundred. */
const handshakeBytes = 16 * 1024;

/** Reads a handshake from a text or a binary message, or answers why the websocket is closed. */
export function readHandshake(data: Buffer, isBinary: boolean): Handshake | CloseReason {
  if (data.length > handshakeBytes) return "too large";
  // The library has checked the text of text messages (RFC 6455, section 8.1).
  if (isBinary && !isUtf8(data)) return "bad handshake";
  const message = readMessage(data.toString());
  if (typeof message === "string" || message.kind !== "JOIN") return "bad handshake";
  // A JOIN, as it was got, carries no body.
  if (message.body !== undefined && message.body !== "") return "bad handshake";
  const { call, session, seq } = message;
  if (seq === undefined) return { call, session, resumeAfter: undefined };
  return isSequenceNumber(seq) ? { call, session, resumeAfter: seq } : "bad handshake";
}
