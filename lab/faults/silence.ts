import type { Entries } from "./sessions.ts";

/** The longest time in a span in which no signal was answered 200, in ms. */
export function silenceOf(entries: Entries, from: number, leaseEnd: number): number {
  let [last, longest] = [from, 0];
  for (const entry of entries) {
    if (entry.event !== "sent" || entry.status !== 200 || entry.at < from || entry.at > leaseEnd) continue;
    longest = Math.max(longest, entry.at - last);
    last = entry.at;
  }
  return Math.max(longest, leaseEnd - last);
}
