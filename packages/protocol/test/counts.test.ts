import assert from "node:assert/strict";
import test from "node:test";
import {
  type EventCount,
  eventCountOf,
  type SequenceNumber,
  sequenceNumberOf,
} from "webrtc-signals-protocol";

test("counts › a sequence number is the epoch plus the event count, and back", () => {
  const epoch = 1_795_412_393_617_093;
  const sequenceNumber = sequenceNumberOf(epoch, 12);
  assert.equal(sequenceNumber, epoch + 12);
  assert.equal(eventCountOf(epoch, sequenceNumber), 12);
});

test("counts › the compiler refuses one for the other", () => {
  const eventCount: EventCount = 12;
  // @ts-expect-error: an event count is not a sequence number
  const sequenceNumber: SequenceNumber = eventCount;
  // @ts-expect-error: a sequence number is not an event count
  assert.equal(sequenceNumberOf(0, sequenceNumberOf(0, eventCount)), sequenceNumber);
});
