import { closeBytes, frameBytes } from "./frame-bytes.ts";
import type { Random } from "./random.ts";

/** A rule of RFC 6455 whose answer is decided, and how to put it to the test. */
export interface Rule {
  readonly section: string;
  readonly rule: string;
  /** The code that the server closes with, `echo` for the client's own; or that it goes on. */
  readonly answer: 1002 | 1007 | 1008 | 1009 | "echo" | "goes on";
  readonly make: (random: Random) => Buffer;
}

const text = 1;
const ping = 9;

/** Every rule the fuzzer checks by itself; mutated streams are held against `readStream`, which knows the same ones. */
export const rules: readonly Rule[] = [
  {
    section: "5.1",
    rule: "a client's frame without a mask is closed 1002",
    answer: 1002,
    make: (random) =>
      frameBytes({ opcode: random.pick([text, 2, 8, ping, 10]), payload: short(random), mask: "none" }),
  },
  {
    section: "5.2",
    rule: "a reserved bit without an extension is closed 1002",
    answer: 1002,
    make: (random) =>
      frameBytes({
        opcode: random.pick([text, 2, 8, ping, 10]),
        rsv: random.between(1, 7),
        payload: short(random),
      }),
  },
  {
    section: "5.2",
    rule: "a reserved opcode is closed 1002",
    answer: 1002,
    make: (random) =>
      frameBytes({ opcode: random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), payload: short(random) }),
  },
  {
    section: "5.2",
    rule: "a length of 64 bits whose highest is set is closed 1009",
    answer: 1009,
    make: (random) =>
      frameBytes({
        opcode: random.pick([text, 2]),
        lengthBytes: 8,
        length: (1n << 63n) | BigInt(random.next()),
        payload: short(random),
      }),
  },
  {
    section: "5.4",
    rule: "a continuation of nothing is closed 1002",
    answer: 1002,
    make: (random) => frameBytes({ opcode: 0, fin: random.oneIn(2), payload: short(random) }),
  },
  {
    section: "5.4",
    rule: "a new message within a fragmented one is closed 1002",
    answer: 1002,
    make: (random) =>
      Buffer.concat([
        frameBytes({ opcode: random.pick([text, 2]), fin: false, payload: "{" }),
        frameBytes({ opcode: random.pick([text, 2]), fin: random.oneIn(2), payload: short(random) }),
      ]),
  },
  {
    section: "5.4",
    rule: "a control frame between fragments is answered",
    answer: "goes on",
    make: (random) =>
      Buffer.concat([
        frameBytes({ opcode: text, fin: false, payload: '{"kind"' }),
        frameBytes({ opcode: ping, payload: short(random) }),
      ]),
  },
  {
    section: "5.5",
    rule: "a control frame over 125 bytes is closed 1002",
    answer: 1002,
    make: (random) =>
      frameBytes({ opcode: random.pick([8, ping, 10]), payload: random.bytes(random.between(126, 70_000)) }),
  },
  {
    section: "5.5",
    rule: "a fragmented control frame is closed 1002",
    answer: 1002,
    make: (random) => frameBytes({ opcode: random.pick([8, ping, 10]), fin: false, payload: short(random) }),
  },
  {
    section: "5.5.1",
    rule: "a close frame is echoed with its code",
    answer: "echo",
    make: (random) => closeBytes(random.pick([1000, 1001, 1003, 3000, 4000, 4999]), "bye"),
  },
  {
    section: "5.5.1",
    rule: "a close frame of one byte is closed 1002",
    answer: 1002,
    make: (random) => frameBytes({ opcode: 8, payload: random.bytes(1) }),
  },
  {
    section: "5.5.2",
    rule: "a ping is answered by a pong of its payload",
    answer: "goes on",
    make: (random) => frameBytes({ opcode: ping, payload: random.bytes(random.between(0, 125)) }),
  },
  {
    section: "5.5.3",
    rule: "a pong that nothing asked for is passed over",
    answer: "goes on",
    make: (random) => frameBytes({ opcode: 10, payload: random.bytes(random.between(0, 125)) }),
  },
  {
    section: "7.4.1",
    rule: "a close code that must not be sent, or is not assigned, is closed 1002",
    answer: 1002,
    make: (random) => closeBytes(random.pick([0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999])),
  },
  {
    section: "7.4.2",
    rule: "a close code from 5000 up is closed 1002",
    answer: 1002,
    make: (random) => closeBytes(random.between(5000, 65_535)),
  },
  {
    section: "7.1.6",
    rule: "a close reason that is no UTF-8 is closed 1007",
    answer: 1007,
    make: (random) => closeBytes(1000, random.pick(noUtf8)),
  },
  {
    section: "8.1",
    rule: "a text message that is no UTF-8 is closed 1007",
    answer: 1007,
    make: (random) => frameBytes({ opcode: text, payload: random.pick(noUtf8) }),
  },
  {
    section: "8.1",
    rule: "a text message whose UTF-8 is broken only as a whole is closed 1007",
    answer: 1007,
    make: () =>
      Buffer.concat([
        frameBytes({ opcode: text, fin: false, payload: Buffer.of(0xe2, 0x82) }),
        frameBytes({ opcode: 0, payload: Buffer.of(0x41) }),
      ]),
  },
  {
    section: "10.4",
    rule: "a message over 64 KiB, by its stated length, is closed 1009",
    answer: 1009,
    make: (random) =>
      frameBytes({
        opcode: random.pick([text, 2]),
        length: random.oneIn(2)
          ? random.between(65_537, 0xffffffff)
          : (BigInt(random.next()) << 21n) | 0x10001n,
        lengthBytes: 8,
        payload: short(random),
      }),
  },
  {
    section: "10.4",
    rule: "fragments over 64 KiB together are closed 1009",
    answer: 1009,
    make: () =>
      Buffer.concat([
        frameBytes({ opcode: 2, fin: false, payload: Buffer.alloc(40_000) }),
        frameBytes({ opcode: 0, payload: Buffer.alloc(40_000) }),
      ]),
  },
  {
    section: "10.4",
    rule: "a message in over 16 fragments is closed 1008",
    answer: 1008,
    make: (random) =>
      Buffer.concat([
        frameBytes({ opcode: text, fin: false }),
        ...Array.from({ length: 16 }, () =>
          frameBytes({ opcode: 0, fin: false, payload: random.oneIn(2) ? "" : "x" }),
        ),
      ]),
  },
];

/** Bytes that are no UTF-8: overlong, surrogates, over U+10FFFF, cut off, and never used. */
const noUtf8: readonly Buffer[] = [
  [0xff],
  [0xfe, 0x41],
  [0xc0, 0xaf],
  [0xc1, 0x81],
  [0xe0, 0x80, 0xaf],
  [0xf0, 0x80, 0x80, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xed, 0xbf, 0xbf],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
  [0x41, 0x80],
].map((bytes) => Buffer.from(bytes));

function short(random: Random): Buffer {
  return random.bytes(random.between(2, 125));
}
