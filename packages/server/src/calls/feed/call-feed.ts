import type { CloseReason } from "webrtc-signals-protocol";
import { type Attached, type Backend, BackendError, type Missed } from "../ports/backend.ts";
import { type CallEvent, type Control, decode, type Envelope, isControl } from "./envelope.ts";
import { isBehind, judge, type Place } from "./place.ts";
import type { Reporter } from "../ports/telemetry.ts";

/** A websocket's presence, as the inbox of its call sees it. */
export interface Receiver {
  readonly seatNumber: number;
  readonly generation: number;
  /** The count up to which it has everything. */
  readonly lastEvent: number;
  /** Takes an event in its order. It drops what it has, its own echo, and what came before its join. */
  receive(event: CallEvent): void;
  /** Its place is taken or its seat is gone. */
  end(reason: CloseReason): void;
  /** Events it was owed are trimmed: what it can still have begins after `cursor`. */
  lose(cursor: number): void;
  /** The call is not the one it attached to: its own renewal decides what becomes of it. */
  verify(): void;
}

/**
 * One call as this process hears it: puts messages in their order, notices every gap and fills it
 * from the log, and closes who has no place any more.
 */
export class CallFeed {
  #place: Place | undefined;
  #filling = false;
  #fillAgain = false;
  /** Messages that came while a gap is being filled. They wait; what overflows shows as the next gap. */
  #held: Envelope[] = [];
  readonly #receivers = new Set<Receiver>();
  /** How often the channel was lost: a confirmed subscription counts for one connection only. */
  #losses = 0;
  #hearing = false;
  #waiting: (() => void)[] = [];
  #checking = false;

  readonly #call: string;
  readonly #backend: Pick<Backend, "resync">;
  readonly #report: Reporter;
  readonly #later: Later;

  constructor(call: string, backend: Pick<Backend, "resync">, report: Reporter, later: Later) {
    this.#call = call;
    this.#backend = backend;
    this.#report = report;
    this.#later = later;
  }

  /** Takes a message off the call's channel. */
  hear(bytes: Uint8Array): void {
    const envelope = decode(bytes);
    if (envelope !== undefined) this.#take(envelope);
  }

  /** The channel may have lost messages: nothing is delivered until the log has been compared. */
  lost(): void {
    this.#losses += 1;
    this.#hearing = false;
    if (this.#place !== undefined) this.#place.synced = false;
  }

  /** The channel is heard (again): compares with the log what may have been lost. */
  heard(): void {
    this.#hearing = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const goOn of waiting) goOn();
    if (this.#place?.synced === false) void this.#resync();
  }

  /**
   * Waits until this process hears the call, and answers which hearing it is, for `add`.
   * @throws BackendError `unsent` when the subscription is not confirmed within `waitMs`.
   */
  async whenHeard(waitMs: number): Promise<number> {
    if (!this.#hearing) {
      await new Promise<void>((resolve) => {
        const tooLate = this.#later(waitMs, resolve);
        this.#waiting.push(() => {
          tooLate.cancel();
          resolve();
        });
      });
    }
    if (!this.#hearing) throw new BackendError("unsent");
    return this.#losses;
  }

  /**
   * Adds a presence whose replay has been sent, at the place its attach was given; `hearing` is what
   * `whenHeard` answered before it. What this process has heard since, or lost, comes from the log.
   */
  add(receiver: Receiver, attached: Attached, hearing: number): void {
    const { epoch, head, version } = attached;
    // Replies come in the order of their decisions, so another epoch is a newer one.
    if (this.#place !== undefined && epoch !== this.#place.epoch) this.#begin();
    this.#receivers.add(receiver);
    this.#place ??= { epoch, last: head, version, synced: true };
    const place = this.#place;
    if (hearing !== this.#losses) place.synced = false;
    if (!place.synced || this.#filling || place.last > head || place.version > version) void this.#resync();
    else this.#release();
  }

  remove(receiver: Receiver): void {
    this.#receivers.delete(receiver);
    if (this.#receivers.size === 0) this.#place = undefined;
  }

  /**
   * A renewal says where the call stands. A process that stays behind it for over 50 ms has missed
   * a message, so it compares with the log: nothing polls.
   */
  standsAt(epoch: number, head: number, version: number): void {
    const place = this.#place;
    if (place === undefined || epoch !== place.epoch || !isBehind(place, head, version) || this.#checking)
      return;
    this.#checking = true;
    this.#later(behindMs, () => {
      this.#checking = false;
      if (this.#place === place && isBehind(place, head, version)) void this.#resync();
    });
  }

  #take(envelope: Envelope): void {
    const place = this.#place;
    if (place === undefined || !place.synced || this.#filling) {
      if (this.#held.length === heldMessages) this.#held = [];
      this.#held.push(envelope);
      return;
    }
    switch (judge(place, envelope)) {
      case "old":
        return;
      case "gap":
        // The message itself is in the log by now.
        void this.#resync();
        return;
      case "next":
        if (isControl(envelope)) this.#applyControl(place, envelope);
        else this.#deliver(place, envelope);
    }
  }

  #deliver(place: Place, event: CallEvent): void {
    place.last = event.eventCount;
    for (const receiver of this.#receivers) receiver.receive(event);
  }

  #applyControl(place: Place, control: Control): void {
    place.version = control.version;
    for (const receiver of this.#receivers) {
      if (receiver.seatNumber !== control.seatNumber) continue;
      if (control.kind === "left") receiver.end("left");
      else if (receiver.generation < control.generation) receiver.end("replaced");
    }
  }

  async #resync(): Promise<void> {
    const place = this.#place;
    if (place === undefined) return;
    place.synced = false;
    if (this.#filling) {
      this.#fillAgain = true;
      return;
    }
    this.#filling = true;
    const losses = this.#losses;
    const asking = [...this.#receivers];
    const after = Math.min(place.last, ...asking.map((receiver) => receiver.lastEvent));
    try {
      const reply = await this.#backend.resync(this.#call, place.epoch, after);
      this.#report({ event: "resync", outcome: reply.word });
      // The place may have gone, or begun anew, while the answer was on its way.
      if (this.#place === place) {
        if (reply.word === "ok" || reply.word === "trimmed") this.#fill(place, reply, asking);
        else this.#begin();
      }
      place.synced = losses === this.#losses;
    } catch (error) {
      if (!(error instanceof BackendError)) this.#report({ event: "bug", where: "resync", error });
      this.#report({ event: "resync", outcome: "away" });
      this.#later(retryMs, () => this.#hearing && this.#place?.synced === false && void this.#resync());
    } finally {
      this.#filling = false;
    }
    if (this.#fillAgain) {
      this.#fillAgain = false;
      await this.#resync();
    } else if (this.#place?.synced === true) {
      this.#release();
    }
  }

  #fill(place: Place, missed: Missed, asking: readonly Receiver[]): void {
    const { head, version, live, log } = missed;
    const first = head - log.length;
    // Who has no place any more goes first, so that it carries nothing that came after.
    for (const receiver of asking) {
      if (!this.#receivers.has(receiver)) continue;
      const generation = live.get(receiver.seatNumber);
      // It left, or its lease ended: its own renewal tells which.
      if (generation === undefined) {
        this.#receivers.delete(receiver);
        receiver.verify();
      } else if (generation > receiver.generation) receiver.end("replaced");
      else if (receiver.lastEvent < first) receiver.lose(first);
    }
    for (const bytes of log) {
      const event = decode(bytes);
      if (event === undefined || isControl(event)) continue;
      for (const receiver of asking) if (this.#receivers.has(receiver)) receiver.receive(event);
    }
    place.last = Math.max(place.last, head);
    place.version = Math.max(place.version, version);
  }

  /** The call has begun anew: whoever attached to the old one asks what became of its seat. */
  #begin(): void {
    const orphans = [...this.#receivers];
    this.#receivers.clear();
    this.#place = undefined;
    for (const orphan of orphans) orphan.verify();
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    for (const envelope of held) this.#take(envelope);
  }
}

/** Runs something after a while, unless it is cancelled or the service has ended by then. Handed in: no timers live here. */
export type Later = (delayMs: number, run: () => void) => { cancel(): void };

/** As many as a log holds by default: behind that, only the log can help. */
const heldMessages = 256;
/** How long a message may be on its way before it counts as missed. */
const behindMs = 50;
/** How soon a comparison that the backend did not answer is tried again. */
const retryMs = 250;
