import assert from "node:assert/strict";
import test from "node:test";
import {
  type CallEvent,
  type Control,
  decode,
  encodeControl,
  encodeEvent,
} from "../../../src/calls/feed/envelope.ts";

const event: CallEvent = {
  kind: "CANDIDATE",
  epoch: 1_795_412_393_620_600,
  eventCount: 12,
  version: 3,
  sender: 1,
  at: 1_795_412_393_620,
  trace: "",
  body: Buffer.from('"a b\\nc é"'),
};

test("envelope › an event reads as it was written, its body byte for byte", () => {
  assert.deepEqual(decode(encodeEvent(event)), event);
  const traced = {
    ...event,
    trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    body: Buffer.alloc(0),
  };
  assert.deepEqual(decode(encodeEvent(traced)), traced);
});

test("envelope › its text is what the scripts write too", () => {
  const text = '1 CANDIDATE 1795412393620600 12 3 1 1795412393620 \n"a b\\nc é"';
  assert.equal(encodeEvent(event).toString(), text);
  const attached: Control = { kind: "attached", epoch: 7, head: 2, version: 5, seatNumber: 1, generation: 4 };
  assert.equal(encodeControl(attached).toString(), "1 attached 7 2 5 1 4\n");
  assert.deepEqual(decode(encodeControl(attached)), attached);
  const left: Control = { kind: "left", epoch: 7, head: 2, version: 6, seatNumber: 1, generation: 0 };
  assert.equal(encodeControl(left).toString(), "1 left 7 2 6 1\n");
  assert.deepEqual(decode(encodeControl(left)), left);
});

test("envelope › what another release wrote, or nobody did, is not read", () => {
  for (const text of [
    "",
    "\n",
    "2 OFFER 1 2 3 4 5 \n",
    "1 SHOUT 1 2 3 4 5 \n",
    "1 OFFER 1 2\n",
    "no newline",
  ]) {
    assert.equal(decode(Buffer.from(text)), undefined, text);
  }
});
