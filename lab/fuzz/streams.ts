import type { Ticket } from "../wire/test-peer.ts";
import { frameBytes } from "./frame-bytes.ts";
import { handshakeBytes, verdictOn } from "./handshakes.ts";
import { damage } from "./mutate.ts";
import type { Random } from "./random.ts";
import { type Reading, readStream } from "./read-stream.ts";
import { type Rule, rules } from "./rfc6455.ts";

/** One stream of bytes to send on an open websocket, and what must come back. */
export interface Stream {
  /** Which rule it puts to the test, where it is one alone. */
  readonly rule: Rule | undefined;
  readonly bytes: Buffer;
  readonly reading: Reading;
}

/** Makes a stream: half put one rule to the test, the others are mutated beyond naming. */
export function streamOf(ticket: Ticket, random: Random): Stream {
  const judge = verdictOn(ticket);
  if (random.oneIn(2)) {
    const rule = random.pick(rules);
    const bytes = Buffer.concat([pings(random), rule.make(random)]);
    return { rule, bytes, reading: readStream(bytes, judge) };
  }
  const parts = [pings(random), handshakeBytes(ticket, random)];
  for (let count = random.below(4); count > 0; count -= 1)
    parts.push(random.oneIn(2) ? oddFrame(random) : random.pick(rules).make(random));
  if (random.oneIn(4)) parts.shift();
  const sound = Buffer.concat(random.oneIn(3) ? parts.toReversed() : parts);
  const bytes = random.oneIn(2) ? damage(sound, random) : sound;
  return { rule: undefined, bytes, reading: readStream(bytes, judge) };
}

/** Whether the reading of a rule's stream is what the rule says; anything else is a fault of the fuzzer. */
export function agrees({ rule, reading }: Stream): boolean {
  if (rule === undefined) return true;
  if (rule.answer === "goes on") return reading.state === "open";
  if (reading.state !== "closed") return false;
  return rule.answer === "echo" || reading.codes.includes(rule.answer);
}

function pings(random: Random): Buffer {
  const count = random.below(3);
  return Buffer.concat(
    Array.from({ length: count }, () =>
      frameBytes({
        opcode: random.pick([9, 10]),
        payload: random.bytes(random.below(126)),
        mask: random.bytes(4),
      }),
    ),
  );
}

/** A frame of which every field is any. */
function oddFrame(random: Random): Buffer {
  const payload = random.bytes(random.pick([0, 1, 2, 125, 126, 127, 300, 65_535, 65_536]));
  const parts = {
    opcode: random.oneIn(2) ? random.pick([0, 1, 2, 8, 9, 10]) : random.below(16),
    fin: !random.oneIn(4),
    rsv: random.oneIn(8) ? random.below(8) : 0,
    mask: random.oneIn(8) ? ("none" as const) : random.bytes(4),
    payload,
  };
  if (!random.oneIn(3)) return frameBytes(parts);
  const lie = random.pick([0, 1, payload.length + 1, payload.length * 2, 125, 65_536, 0xffffffff]);
  return frameBytes({ ...parts, length: lie, lengthBytes: random.pick([1, 2, 8]) });
}
