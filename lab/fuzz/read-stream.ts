import { isUtf8 } from "node:buffer";

/**
 * What a server must answer to the bytes of a client. This is a reading of RFC 6455 and PROTOCOL.md of its own,
 * written without a look at the service's: where the two differ, one is wrong.
 */
export interface Reading {
  /** The codes that the close may have: several where a close of the seat's races one of the frames'. */
  readonly codes: readonly number[];
  /** Whether the server closes, waits for the rest of a frame, or has read everything and goes on. */
  readonly state: "closed" | "partial" | "open";
  readonly pongs: readonly Buffer[];
  /** Whether the stream holds the handshake of a seat. */
  readonly attaches: boolean;
}

/** What the first message comes to: 4400, 4409, or WELCOME for a seat that is held. */
export type Verdict = "bad handshake" | "bad seat" | "seat";

const limits = { messageBytes: 65_536, handshakeBytes: 16_384, fragments: 16 };

/** Reads a client's bytes; `judge` says what the first message is worth. */
export function readStream(bytes: Buffer, judge: (message: Buffer, isText: boolean) => Verdict): Reading {
  const pongs: Buffer[] = [];
  let at = 0;
  let message: { isText: boolean; parts: Buffer[]; bytes: number } | undefined;
  let greeted = false;
  let attaches = false;
  let refusedLater = false;

  const closed = (code: number): Reading => {
    return { codes: refusedLater ? [code, 4409] : [code], state: "closed", pongs, attaches };
  };
  const rest = (state: "partial" | "open"): Reading => {
    if (refusedLater) return { codes: [4409], state: "closed", pongs, attaches };
    return { codes: [], state, pongs, attaches };
  };

  for (;;) {
    if (at === bytes.length) return rest("open");
    const [first, second] = [bytes[at], bytes[at + 1]];
    if (first === undefined || second === undefined) return rest("partial");
    const [fin, opcode, short] = [(first & 0x80) !== 0, first & 0x0f, second & 0x7f];
    const isControl = opcode >= 8;
    if ((first & 0x70) !== 0 || (second & 0x80) === 0) return closed(1002);
    if (![0, 1, 2, 8, 9, 10].includes(opcode)) return closed(1002);
    if (isControl && (!fin || short > 125 || (opcode === 8 && short === 1))) return closed(1002);
    if (!isControl && (opcode === 0) !== (message !== undefined)) return closed(1002);
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    at += 2;
    if (bytes.length < at + lengthBytes) return rest("partial");
    const length =
      lengthBytes === 0
        ? short
        : lengthBytes === 2
          ? bytes.readUInt16BE(at)
          : Number(bytes.readBigUInt64BE(at));
    at += lengthBytes;
    if (!isControl && (message?.bytes ?? 0) + length > limits.messageBytes) return closed(1009);
    if (bytes.length < at + 4 + length) return rest("partial");
    const mask = bytes.subarray(at, at + 4);
    const payload = bytes
      .subarray(at + 4, at + 4 + length)
      .map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    at += 4 + length;

    if (opcode === 9) pongs.push(Buffer.from(payload));
    if (opcode === 8) return closed(closeAnswer(Buffer.from(payload)));
    if (isControl) continue;
    message ??= { isText: opcode === 1, parts: [], bytes: 0 };
    message.parts.push(Buffer.from(payload));
    message.bytes += length;
    if (message.parts.length > limits.fragments) return closed(1008);
    if (!fin) continue;
    const whole = Buffer.concat(message.parts);
    const { isText } = message;
    message = undefined;
    if (isText && !isUtf8(whole)) return closed(1007);
    if (greeted) continue;
    greeted = true;
    if (whole.length > limits.handshakeBytes) return closed(1009);
    const verdict = judge(whole, isText);
    if (verdict === "bad handshake") return closed(4400);
    if (verdict === "bad seat") refusedLater = true;
    else attaches = true;
  }
}

/** Section 7.1.5 and 7.4: the client's own code, 1005 for none, or what is wrong with its close. */
function closeAnswer(payload: Buffer): number {
  if (payload.length === 0) return 1005;
  const code = payload.readUInt16BE();
  const maySend =
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
  if (!maySend) return 1002;
  return isUtf8(payload.subarray(2)) ? code : 1007;
}
