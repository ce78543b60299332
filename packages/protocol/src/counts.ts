/**
 * Two numbers that must not be confused: each is a `number` that carries its unit in its type, so that one cannot be
 * passed for the other. Plain numbers, such as results of arithmetic, fit both.
 */
type Counted<Unit extends string> = number & { readonly unit?: Unit };

/** The place of an event in its call: a dense count within the call's epoch. A seat number is an event count. */
export type EventCount = Counted<"event count">;

/** An event's number on the wire, `seq`: the call's epoch (its start time in µs) plus the event count; under 2^53. */
export type SequenceNumber = Counted<"sequence number">;

/** Makes the sequence number of an event. */
export function sequenceNumberOf(epoch: number, eventCount: EventCount): SequenceNumber {
  return epoch + eventCount;
}

/** Finds the event count that a sequence number names in an epoch; negative for an earlier epoch. */
export function eventCountOf(epoch: number, sequenceNumber: SequenceNumber): EventCount {
  return sequenceNumber - epoch;
}
