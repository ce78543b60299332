import { isUtf8 } from "node:buffer";
import type { Ticket } from "../wire/test-peer.ts";
import { frameBytes } from "./frame-bytes.ts";
import { jsonMutant } from "./json-mutants.ts";
import type { Random } from "./random.ts";
import type { Verdict } from "./read-stream.ts";

/** A first message: a JOIN that is mutated, or of no seat, or right; whole or in fragments. */
export function handshakeBytes(ticket: Ticket, random: Random): Buffer {
  const { kind, call, session } = ticket;
  const stranger = { kind, call, session: random.bytes(20).toString("base64url") };
  const fields = random.oneIn(2) ? { kind, call, session } : stranger;
  const whole = random.oneIn(3) ? { ...fields, seq: random.pick([0, 1, 2 ** 53 - 1, -1, 0.5]) } : fields;
  const text = jsonMutant(whole, random);
  const opcode = random.pick([1, 1, 2]);
  const mask = random.oneIn(4) ? random.bytes(4) : Buffer.alloc(4);
  if (!random.oneIn(3)) return frameBytes({ opcode, payload: text, mask });
  const cuts = [0, random.below(text.length + 1), text.length];
  return Buffer.concat([
    frameBytes({ opcode, fin: false, payload: text.subarray(cuts[0], cuts[1]), mask }),
    frameBytes({ opcode: 0, fin: true, payload: text.subarray(cuts[1], cuts[2]), mask }),
  ]);
}

/** What PROTOCOL.md says of a first message, for a service on which only this ticket holds a seat. */
export function verdictOn(ticket: Ticket): (message: Buffer) => Verdict {
  return (message) => {
    if (!isUtf8(message)) return "bad handshake";
    const fields = parse(message.toString());
    if (fields === undefined) return "bad handshake";
    const { kind, call, session, body, seq } = fields;
    if (kind !== "JOIN" || !isCallName(call)) return "bad handshake";
    if (typeof session !== "string" || session === "") return "bad handshake";
    if (body !== undefined && body !== "") return "bad handshake";
    if (seq !== undefined && !(Number.isSafeInteger(seq) && Number(seq) >= 0)) return "bad handshake";
    return call === ticket.call && session === ticket.session ? "seat" : "bad seat";
  };
}

function isCallName(call: unknown): boolean {
  if (typeof call !== "string" || call === "") return false;
  return Buffer.byteLength(call) <= 256 && !/\p{Cc}/u.test(call);
}

/** An object without a lone surrogate anywhere, or nothing. */
function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  let isUnicode = true;
  try {
    const value: unknown = JSON.parse(text, (key, inner: unknown) => {
      if (!key.isWellFormed() || (typeof inner === "string" && !inner.isWellFormed())) isUnicode = false;
      return inner;
    });
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return isUnicode ? { ...value } : undefined;
  } catch (error) {
    // Nested deeper than a reviver can go; such a message is only ever valid or not.
    if (!(error instanceof RangeError)) return undefined;
    const value: object = JSON.parse(text);
    return /\\ud[89a-f]/i.test(text) ? undefined : { ...value };
  }
}
