import type { Backend, CallLimits, ChannelListener, Channels } from "../../calls/ports/backend.ts";
import { CallRecord } from "./call-record.ts";
import { MemoryChannels } from "./memory-channels.ts";

/** The memory backend, with what a test does to it. */
export interface MemoryBackend extends Backend {
  /** Loses all data, as a Redis restarted empty does. */
  empty(): void;
  /** Goes on with its data but none of its logs, as a Redis does that restarted or failed over. */
  restart(): void;
  /** Loses every message on its way, tells the listeners so, and lets them hear again. */
  cut(): void;
  /** Loses the next message on its way to each listener, and tells nobody. */
  drop(): void;
  /** How many calls it keeps anything of. */
  readonly size: number;
}

/**
 * The in-process backend: every promise, one process, nothing to install. Messages arrive in a later
 * turn of the event loop, as they do from Redis. `now` is its clock in whole milliseconds.
 */
export function memoryBackend(now: () => number = steadyNow): MemoryBackend {
  const records = new Map<string, CallRecord>();
  const channels = new MemoryChannels();
  let sweeper: NodeJS.Timeout | undefined;
  let lastPosition = 0;

  // Positions are never reused, even where the clock stands still or goes back.
  const newEpoch = (at: number): number => (lastPosition = Math.max(at * 1000, lastPosition + 1));

  function recordOf(call: string, at: number): CallRecord | undefined {
    const record = records.get(call);
    if (record === undefined || record.expiresAt > at) return record;
    forget(call, record);
    return undefined;
  }

  function forget(call: string, record: CallRecord): void {
    lastPosition = Math.max(lastPosition, record.position);
    records.delete(call);
  }

  function open(call: string, at: number, limits: CallLimits): CallRecord {
    const known = recordOf(call, at);
    if (known !== undefined) return known;
    const record = new CallRecord(newEpoch(at), (bytes) => channels.post(call, bytes));
    records.set(call, record);
    sweeper ??= setTimeout(sweep, 2 * limits.leaseMs, limits.leaseMs).unref();
    return record;
  }

  function sweep(leaseMs: number): void {
    const at = now();
    let earliest = Infinity;
    for (const [call, record] of records) {
      if (record.expiresAt <= at) forget(call, record);
      else earliest = Math.min(earliest, record.expiresAt);
    }
    // Calls that end one after the other share a sweep, so that many calls cost no more than their number.
    const waitMs = Math.max(earliest - at, Math.min(leaseMs / 20, 1000));
    sweeper = records.size > 0 ? setTimeout(sweep, waitMs, leaseMs).unref() : undefined;
  }

  return {
    outlivesProcess: false,
    async join(call, session, introduction, limits) {
      const at = now();
      return open(call, at, limits).join(session, introduction, limits, at);
    },
    async publish(call, session, kind, body, limits) {
      const at = now();
      return recordOf(call, at)?.publish(session, kind, body, limits, at) ?? { word: "gone", now: at };
    },
    async attach(call, session, resumeAfter, limits) {
      const at = now();
      return recordOf(call, at)?.attach(session, resumeAfter, limits, at) ?? { word: "gone", now: at };
    },
    async renew(call, session, holder, limits) {
      const at = now();
      // Only a lease that ran when the data was lost may begin the call anew.
      const record = recordOf(call, at) ?? (holder.leaseEnd > at ? open(call, at, limits) : undefined);
      return record?.renew(session, holder, limits, at) ?? { word: "gone", now: at };
    },
    async holds(call, session) {
      const at = now();
      return recordOf(call, at)?.holds(session, at) ?? { word: "gone", now: at };
    },
    async leave(call, session) {
      const at = now();
      return recordOf(call, at)?.leave(session, at) ?? { word: "gone", now: at };
    },
    release(call, session) {
      recordOf(call, now())?.leave(session, now());
    },
    async resync(call, epoch, after) {
      const at = now();
      return recordOf(call, at)?.resync(epoch, after, at) ?? { word: "absent", now: at };
    },
    open(listener: ChannelListener): Channels {
      return channels.open(listener);
    },
    async reachable() {
      return true;
    },
    async close() {
      clearTimeout(sweeper);
      sweeper = undefined;
      records.clear();
      channels.close();
    },
    empty() {
      for (const [call, record] of records) forget(call, record);
    },
    restart() {
      for (const record of records.values()) {
        lastPosition = Math.max(lastPosition, record.position);
        record.beginEpoch(newEpoch(now()));
      }
    },
    cut() {
      channels.cut();
    },
    drop() {
      channels.drop();
    },
    get size() {
      return records.size;
    },
  };
}

/** The time of day in milliseconds, as it was at the start and has passed since: a clock that is set moves no lease. */
function steadyNow(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}
