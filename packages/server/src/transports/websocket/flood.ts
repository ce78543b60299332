/** What a client sent within the second that began at `since`. */
export interface Traffic {
  since: number;
  frames: number;
  bytes: number;
}

/** What a client may send within a second: far more than pongs need, and nothing else is asked of it. */
const bounds = { frames: 200, bytes: 1024 * 1024, withinMs: 1000 };

export function noTraffic(): Traffic {
  return { since: 0, frames: 0, bytes: 0 };
}

/** Counts one frame and answers whether the client sends more than it may. */
export function isFlood(traffic: Traffic, bytes: number, now: number): boolean {
  if (now - traffic.since >= bounds.withinMs) {
    traffic.since = now;
    traffic.frames = 0;
    traffic.bytes = 0;
  }
  traffic.frames += 1;
  traffic.bytes += bytes;
  return traffic.frames > bounds.frames || traffic.bytes > bounds.bytes;
}
