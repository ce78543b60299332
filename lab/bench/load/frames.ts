/** The opcodes of RFC 6455, section 5.2, that the generator meets. */
export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export type Opcode = (typeof opcodes)[keyof typeof opcodes];

/** A whole frame as a client sends it. Its mask is zero, which costs a server what any other does, and us nothing. */
export function clientFrame(opcode: Opcode, payload: Uint8Array | string = ""): Buffer {
  const bytes = typeof payload === "string" ? Buffer.from(payload) : payload;
  const head = headOf(bytes.length);
  head[0] = 0x80 | opcode;
  return Buffer.concat([head, mask, bytes]);
}

const mask = Buffer.alloc(4);

function headOf(size: number): Buffer {
  if (size < 126) return Buffer.from([0, 0x80 | size]);
  const head = Buffer.alloc(size < 65_536 ? 4 : 10);
  head[1] = 0x80 | (size < 65_536 ? 126 : 127);
  if (size < 65_536) head.writeUInt16BE(size, 2);
  else head.writeBigUInt64BE(BigInt(size), 2);
  return head;
}

/**
 * Reads whole frames of a server from `bytes`, and answers where the first one begins that has not arrived whole. `hear`
 * gets the opcode and where the payload lies.
 */
export function readFrames(
  bytes: Buffer,
  hear: (opcode: number, start: number, end: number) => void,
): number {
  let at = 0;
  while (at + 2 <= bytes.length) {
    const short = (bytes[at + 1] ?? 0) & 127;
    const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
    if (start > bytes.length) break;
    const size =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    if (start + size > bytes.length) break;
    hear((bytes[at] ?? 0) & 15, start, start + size);
    at = start + size;
  }
  return at;
}
