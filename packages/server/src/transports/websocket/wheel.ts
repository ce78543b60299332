/** What a wheel turns: one entry per websocket, always in at most one slot that counts. */
export interface WheelEntry {
  /** The slot it is due in; Infinity when it waits for nothing. Belongs to the wheel. */
  dueSlot: number;
}

/**
 * One timer for all deadlines of all websockets. An entry that moves later stays where it is and is
 * looked at once too early; one that moves earlier is put into the earlier slot, and the slot it had
 * passes it over. So nothing is ever searched or removed.
 */
export class Wheel<Entry extends WheelEntry> {
  readonly #slots = new Map<number, Entry[]>();
  readonly #grainMs: number;
  readonly #now: () => number;
  readonly #due: (entry: Entry, now: number) => void;
  /** When the last turn was, on the wheel's clock: what is read after a pause may have come any time since. */
  turnedAt = 0;
  #turned = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `grainMs` is how late a deadline may be noticed; `now` a monotonic clock in milliseconds. */
  constructor(grainMs: number, now: () => number, due: (entry: Entry, now: number) => void) {
    this.#grainMs = grainMs;
    this.#now = now;
    this.#due = due;
  }

  /** Has `due` called with the entry at or soon after `at`; an earlier call may come, and changes nothing. */
  schedule(entry: Entry, at: number): void {
    const slot = Math.ceil(at / this.#grainMs);
    if (slot >= entry.dueSlot || slot === Infinity) return;
    // Only at rest: a turn that runs has its slots to finish first.
    if (this.#timer === undefined) {
      this.turnedAt = this.#now();
      this.#turned = Math.floor(this.turnedAt / this.#grainMs);
    }
    entry.dueSlot = Math.max(slot, this.#turned + 1);
    const entries = this.#slots.get(entry.dueSlot);
    if (entries === undefined) this.#slots.set(entry.dueSlot, [entry]);
    else entries.push(entry);
    this.#timer ??= setTimeout(this.#turn, this.#grainMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#slots.clear();
  }

  readonly #turn = (): void => {
    const behindMs = this.#now() - (this.#turned + 2) * this.#grainMs;
    // After a pause of this process the pongs that came meanwhile are read first.
    if (behindMs > pauseMs) setImmediate(this.#turnSlots);
    else this.#turnSlots();
  };

  readonly #turnSlots = (): void => {
    const now = this.#now();
    this.turnedAt = now;
    const slotNow = Math.floor(now / this.#grainMs);
    while (this.#turned < slotNow) {
      this.#turned += 1;
      const entries = this.#slots.get(this.#turned);
      if (entries === undefined) continue;
      this.#slots.delete(this.#turned);
      for (const entry of entries) {
        if (entry.dueSlot !== this.#turned) continue;
        entry.dueSlot = Infinity;
        this.#due(entry, now);
      }
    }
    this.#timer = this.#slots.size > 0 ? setTimeout(this.#turn, this.#grainMs) : undefined;
  };
}

/** A turn that comes so late, in milliseconds, means that the process stood still. */
export const pauseMs = 500;
