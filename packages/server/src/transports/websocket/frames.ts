import type { CallEvent } from "../../calls/feed/envelope.ts";
import { type Message, sequenceNumberOf, writeMessage } from "webrtc-signals-protocol";

/**
 * The websocket frames of events, ready to be written, each built once however many websockets it goes to: the events of
 * a call are delivered one by one, so the last one's are all there is to keep. A body goes out as it came in.
 */
export class EventFrames {
  #event: CallEvent | undefined;
  #plain: Buffer | undefined;
  #positioned: Buffer | undefined;

  /** The frame of an event on a call; with its `seq` for a client that resumes. */
  of(event: CallEvent, call: string, withSeq: boolean): Buffer {
    if (this.#event !== event) {
      this.#event = event;
      this.#plain = undefined;
      this.#positioned = undefined;
    }
    if (!withSeq) return (this.#plain ??= frame(event, writeHead(event, call)));
    return (this.#positioned ??= frame(
      event,
      `${writeHead(event, call)},"seq":${sequenceNumberOf(event.epoch, event.eventCount)}`,
    ));
  }
}

function writeHead(event: CallEvent, call: string): string {
  return `{"kind":"${event.kind}","call":${JSON.stringify(call)}`;
}

/** The frame of a message without a body. */
export function frameMessage(message: Message): Buffer {
  return frame(nothing, writeMessage(message).slice(0, -1));
}

/** One unmasked text frame (RFC 6455, section 5.2) of an object that is closed after its body, where it has one. */
function frame({ body }: Pick<CallEvent, "body">, head: string): Buffer {
  const start = body.length === 0 ? head : `${head},"body":`;
  const startBytes = Buffer.byteLength(start);
  const length = startBytes + body.length + 1;
  const bytes = Buffer.allocUnsafe(longestHeaderBytes + length);
  const at = writeHeader(bytes, length);
  bytes.write(start, at);
  bytes.set(body, at + startBytes);
  bytes[at + length - 1] = closeBrace;
  return bytes.subarray(0, at + length);
}

/** A ping that carries its number (RFC 6455, section 5.5.2). */
export function framePing(number: number): Buffer {
  const text = String(number);
  const bytes = Buffer.allocUnsafe(2 + text.length);
  bytes.writeUInt16BE(finalPing + text.length);
  bytes.write(text, 2, "latin1");
  return bytes;
}

function writeHeader(bytes: Buffer, length: number): number {
  bytes[0] = finalText;
  if (length < 126) return bytes.writeUInt8(length, 1);
  if (length < 65_536) return bytes.writeUInt16BE(length, bytes.writeUInt8(126, 1));
  return bytes.writeUIntBE(length, bytes.writeUInt16BE(0, bytes.writeUInt8(127, 1)), 6);
}

const nothing = { body: new Uint8Array() };
const finalText = 0x81;
const finalPing = 0x8900;
const longestHeaderBytes = 10;
const closeBrace = 0x7d;
