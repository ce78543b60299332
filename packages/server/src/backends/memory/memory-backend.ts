import type { Backend } from "../../calls/ports/backend.ts";
import { CallRecords } from "./call-records.ts";
import { MemoryChannels } from "./memory-channels.ts";

/**
 * The in-process backend: every promise, one process, nothing to install. Messages arrive in a later
 * turn of the event loop, as they do from Redis.
 */
export function memoryBackend(): Backend {
  const channels = new MemoryChannels();
  const records = new CallRecords(steadyNow, (call, bytes) => channels.post(call, bytes));
  return memoryBackendOn(records, channels);
}

/** A backend that keeps its calls in `records`, whose messages arrive through `channels`. It closes both. */
export function memoryBackendOn(records: CallRecords, channels: MemoryChannels): Backend {
  return {
    outlivesProcess: false,
    async join(call, session, introduction, limits) {
      const at = records.now();
      return records.open(call, at, limits).join(session, introduction, limits, at);
    },
    async publish(call, session, kind, body, limits) {
      const at = records.now();
      return records.get(call, at)?.publish(session, kind, body, limits, at) ?? { word: "gone", now: at };
    },
    async attach(call, session, resumeAfter, limits) {
      const at = records.now();
      return records.get(call, at)?.attach(session, resumeAfter, limits, at) ?? { word: "gone", now: at };
    },
    async renew(call, session, holder, limits) {
      const at = records.now();
      // Only a lease that ran when the data was lost may begin the call anew.
      const record =
        records.get(call, at) ?? (holder.leaseEnd > at ? records.open(call, at, limits) : undefined);
      return record?.renew(session, holder, limits, at) ?? { word: "gone", now: at };
    },
    async holds(call, session) {
      const at = records.now();
      return records.get(call, at)?.holds(session, at) ?? { word: "gone", now: at };
    },
    async leave(call, session) {
      const at = records.now();
      return records.get(call, at)?.leave(session, at) ?? { word: "gone", now: at };
    },
    release(call, session) {
      records.get(call, records.now())?.leave(session, records.now());
    },
    async resync(call, epoch, after) {
      const at = records.now();
      return records.get(call, at)?.resync(epoch, after, at) ?? { word: "absent", now: at };
    },
    open(listener) {
      return channels.open(listener);
    },
    async reachable() {
      return true;
    },
    async close() {
      records.close();
      channels.close();
    },
  };
}

/** The time of day in milliseconds, as it was at the start and has passed since: a clock that is set moves no lease. */
export function steadyNow(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}
