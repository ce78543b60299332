import type { Entries } from "./sessions.ts";

/** The longest time from a signal's 200 to a receipt of it, in ms, of those answered in a span; 0 where none was late. */
export function latenessOf(entries: Entries, from: number, leaseEnd: number): number {
  const answered = new Map<string, number>();
  for (const entry of entries) {
    if (entry.event === "sent" && entry.status === 200 && entry.askedAt >= from && entry.at <= leaseEnd)
      answered.set(`${entry.client}#${entry.n}`, entry.at);
  }
  const heard = new Set<string>();
  let latest = 0;
  for (const entry of entries) {
    if (entry.event !== "heard" || entry.at < from) continue;
    const at = answered.get(`${entry.from}#${entry.n}`);
    const receipt = `${entry.session} ${entry.from}#${entry.n}`;
    if (at === undefined || heard.has(receipt)) continue;
    heard.add(receipt);
    latest = Math.max(latest, entry.at - at);
  }
  return latest;
}
