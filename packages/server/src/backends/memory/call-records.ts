import type { CallLimits } from "../../calls/ports/backend.ts";
import { CallRecord } from "./call-record.ts";

/**
 * The calls of this process by name. An expired call is deleted when it is next looked up, or by a sweep.
 * `now` is the clock, in whole milliseconds.
 */
export class CallRecords {
  readonly now: () => number;
  readonly #post: (call: string, bytes: Buffer) => void;
  readonly #records = new Map<string, CallRecord>();
  #sweeper: NodeJS.Timeout | undefined;
  #lastPosition = 0;

  /** `post` receives each message that is published on a call's channel. */
  constructor(now: () => number, post: (call: string, bytes: Buffer) => void) {
    this.now = now;
    this.#post = post;
  }

  /** The number of calls that are kept, including expired ones that no sweep has deleted yet. */
  get size(): number {
    return this.#records.size;
  }

  /** The call's record, unless the call has ended by the time `at`. */
  get(call: string, at: number): CallRecord | undefined {
    const record = this.#records.get(call);
    if (record === undefined || record.expiresAt > at) return record;
    this.#delete(call, record);
    return undefined;
  }

  /** The call's record; a new one if the call does not exist. */
  open(call: string, at: number, limits: CallLimits): CallRecord {
    const known = this.get(call, at);
    if (known !== undefined) return known;
    const record = new CallRecord(this.#newEpoch(at), (bytes) => this.#post(call, bytes));
    this.#records.set(call, record);
    this.#sweeper ??= setTimeout(() => this.#sweep(limits.leaseMs), 2 * limits.leaseMs).unref();
    return record;
  }

  /** Deletes all calls. */
  clear(): void {
    for (const [call, record] of this.#records) this.#delete(call, record);
  }

  /** Begins a new epoch on each call: its seats and its event count are kept, its log is deleted. */
  beginEpochs(): void {
    for (const record of this.#records.values()) {
      this.#lastPosition = Math.max(this.#lastPosition, record.position);
      record.beginEpoch(this.#newEpoch(this.now()));
    }
  }

  /** Deletes all calls and stops the sweeps. */
  close(): void {
    clearTimeout(this.#sweeper);
    this.#sweeper = undefined;
    this.clear();
  }

  /** Positions are never reused, even if the clock stands still or is set back. */
  #newEpoch(at: number): number {
    this.#lastPosition = Math.max(at * 1000, this.#lastPosition + 1);
    return this.#lastPosition;
  }

  #delete(call: string, record: CallRecord): void {
    this.#lastPosition = Math.max(this.#lastPosition, record.position);
    this.#records.delete(call);
  }

  #sweep(leaseMs: number): void {
    const at = this.now();
    let earliest = Infinity;
    for (const [call, record] of this.#records) {
      if (record.expiresAt <= at) this.#delete(call, record);
      else earliest = Math.min(earliest, record.expiresAt);
    }
    // Calls that end shortly after one another share a sweep, so the cost of many calls is linear in their number.
    const waitMs = Math.max(earliest - at, Math.min(leaseMs / 20, 1000));
    this.#sweeper =
      this.#records.size > 0 ? setTimeout(() => this.#sweep(leaseMs), waitMs).unref() : undefined;
  }
}
