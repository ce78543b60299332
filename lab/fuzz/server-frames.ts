import { isUtf8 } from "node:buffer";

/** What a server said on a websocket: its frames in order, or what is wrong with one. */
export interface ServerFrames {
  readonly frames: readonly { readonly opcode: number; readonly payload: Buffer }[];
  readonly wrong: string | undefined;
}

/** Reads a server's frames; a frame that has not come whole is left out (RFC 6455, section 5.2). */
export function readServerFrames(bytes: Buffer): ServerFrames {
  const frames: { opcode: number; payload: Buffer }[] = [];
  let at = 0;
  for (;;) {
    const [first, second] = [bytes[at], bytes[at + 1]];
    if (first === undefined || second === undefined) return { frames, wrong: undefined };
    const opcode = first & 0x0f;
    const isWhole = (first & 0x80) !== 0;
    if ((first & 0x70) !== 0) return { frames, wrong: "a reserved bit from the server" };
    if (!isWhole || ![1, 8, 9, 10].includes(opcode))
      return { frames, wrong: `opcode ${opcode} from the server` };
    if ((second & 0x80) !== 0) return { frames, wrong: "a mask from the server" };
    const short = second & 0x7f;
    if (opcode >= 8 && short > 125) return { frames, wrong: "a long control frame from the server" };
    const lengthBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    if (bytes.length < at + 2 + lengthBytes) return { frames, wrong: undefined };
    const length =
      lengthBytes === 0
        ? short
        : lengthBytes === 2
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + 2 + lengthBytes;
    if (bytes.length < start + length) return { frames, wrong: undefined };
    const payload = bytes.subarray(start, start + length);
    if (opcode === 1 && !isUtf8(payload)) return { frames, wrong: "text that is no UTF-8 from the server" };
    frames.push({ opcode, payload });
    at = start + length;
  }
}
