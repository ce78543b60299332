import { type EventCount, type EventKind, eventKinds } from "webrtc-signals-protocol";
import type { Body } from "../ports/backend.ts";

/**
 * How an event stands in a call's log and on its channel, and a control message on the channel alone:
 * one line of words, then the body as it came.
 *
 *     1 OFFER <epoch> <event count> <version> <sender> <at> <trace>\n"…"
 *     1 attached <epoch> <head> <version> <seat number> <generation>\n
 *     1 left <epoch> <head> <version> <seat number>\n
 *
 * The first word is the envelope's own version. No session ever enters it.
 */
export type Envelope = CallEvent | Control;

/** An event of a call. */
export interface CallEvent {
  readonly kind: EventKind;
  readonly epoch: number;
  /** A dense count within the epoch. On the wire, `seq` is the epoch plus the event count. */
  readonly eventCount: EventCount;
  /** The seats version when it was published. */
  readonly version: number;
  /** The sender's seat number. */
  readonly sender: EventCount;
  /** When it was published, in the backend's milliseconds. */
  readonly at: number;
  /** The publisher's trace context (W3C traceparent), or empty. */
  readonly trace: string;
  readonly body: Body;
}

/** A change of who may hear the call. Not logged: a mass reattach would flush the log. */
export interface Control {
  readonly kind: "attached" | "left";
  readonly epoch: number;
  /** How many events came before it. */
  readonly head: EventCount;
  readonly version: number;
  readonly seatNumber: EventCount;
  /** `attached`: the newest websocket's generation. `left`: 0. */
  readonly generation: number;
}

const envelopeVersion = "1";
const newline = 0x0a;

/** Encodes an event, header and body in one piece. */
export function encodeEvent(event: CallEvent): Buffer {
  const { kind, epoch, eventCount, version, sender, at, trace, body } = event;
  const header = `${envelopeVersion} ${kind} ${epoch} ${eventCount} ${version} ${sender} ${at} ${trace}\n`;
  const bytes = Buffer.allocUnsafe(header.length + body.length);
  bytes.write(header, 0, "latin1");
  bytes.set(body, header.length);
  return bytes;
}

/** Encodes a control message. */
export function encodeControl(control: Control): Buffer {
  const { kind, epoch, head, version, seatNumber, generation } = control;
  const words = [envelopeVersion, kind, epoch, head, version, seatNumber];
  return Buffer.from(`${(kind === "attached" ? [...words, generation] : words).join(" ")}\n`);
}

/**
 * Decodes what a channel or a log holds. `undefined` for an envelope of another version, which a
 * process of a later release may send: its count then shows as a gap, and the log decides.
 */
export function decode(bytes: Uint8Array): Envelope | undefined {
  const end = bytes.indexOf(newline);
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, Math.max(end, 0)).toString("latin1");
  const [version, kind, ...words] = header.split(" ");
  if (version !== envelopeVersion) return undefined;
  const [first, second, third, fourth, fifth] = words.map(Number);
  if (first === undefined || second === undefined || third === undefined || fourth === undefined)
    return undefined;
  const shared = { epoch: first, version: third };
  if (kind === "attached" || kind === "left")
    return { kind, ...shared, head: second, seatNumber: fourth, generation: fifth ?? 0 };
  const event = eventKinds.find((known) => known === kind);
  if (event === undefined || fifth === undefined) return undefined;
  const body = bytes.subarray(end + 1);
  return {
    kind: event,
    ...shared,
    eventCount: second,
    sender: fourth,
    at: fifth,
    trace: words[5] ?? "",
    body,
  };
}

/** Whether a message is a control and not an event. */
export function isControl(envelope: Envelope): envelope is Control {
  return envelope.kind === "attached" || envelope.kind === "left";
}
