/** A frame as no library would send it: every field of RFC 6455, section 5.2, is the caller's. */
export interface FrameParts {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly fin?: boolean;
  /** The three reserved bits, 0 to 7. */
  readonly rsv?: number;
  readonly mask?: Buffer | "none";
  /** The length it states, where that is not the payload's. */
  readonly length?: number | bigint;
  /** In how many bytes the length is written; by itself the fewest. */
  readonly lengthBytes?: 1 | 2 | 8;
}

/** Writes the frame; the payload is masked with the mask, by default one that changes every byte. */
export function frameBytes(parts: FrameParts): Buffer {
  const { opcode, fin = true, rsv = 0, mask = defaultMask } = parts;
  const payload = Buffer.from(parts.payload ?? "");
  const length = BigInt(parts.length ?? payload.length);
  const lengthBytes = parts.lengthBytes ?? fewestBytes(length);
  const maskBit = mask === "none" ? 0 : 0x80;
  const head = Buffer.alloc(lengthBytes === 1 ? 2 : 2 + lengthBytes);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  if (lengthBytes === 1) head[1] = maskBit | Number(length & 0x7fn);
  else if (lengthBytes === 2) {
    head[1] = maskBit | 126;
    head.writeUInt16BE(Number(length & 0xffffn), 2);
  } else {
    head[1] = maskBit | 127;
    head.writeBigUInt64BE(BigInt.asUintN(64, length), 2);
  }
  if (mask === "none") return Buffer.concat([head, payload]);
  return Buffer.concat([head, mask, payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0))]);
}

const defaultMask = Buffer.of(0x37, 0xfa, 0x21, 0x3d);

function fewestBytes(length: bigint): 1 | 2 | 8 {
  if (length < 126n) return 1;
  return length < 0x10000n ? 2 : 8;
}

/** A close frame with a code, and perhaps a reason. */
export function closeBytes(code: number, reason: Buffer | string = ""): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return frameBytes({ opcode: 8, payload: Buffer.concat([head, Buffer.from(reason)]) });
}
