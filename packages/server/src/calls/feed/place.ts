import { type Envelope, isControl } from "./envelope.ts";

/** Where this process stands in a call. */
export interface Place {
  readonly epoch: number;
  last: number;
  version: number;
  /** Whether everything up to `last` has been heard and nothing may be missing. */
  synced: boolean;
}

/** Whether a message is the next one, one already known, or shows that something is missing. */
export function judge(place: Readonly<Place>, message: Envelope): "old" | "next" | "gap" {
  if (message.epoch !== place.epoch) return "gap";
  if (isControl(message)) {
    if (message.version <= place.version) return "old";
    return message.version === place.version + 1 && message.head === place.last ? "next" : "gap";
  }
  if (message.eventCount <= place.last) return "old";
  return message.eventCount === place.last + 1 && message.version === place.version ? "next" : "gap";
}

/** Whether the call is known to stand further than this process. */
export function isBehind(place: Readonly<Place>, head: number, version: number): boolean {
  return place.last < head || place.version < version;
}
