import type {
  AttachReply,
  Body,
  CallLimits,
  Holder,
  HoldsReply,
  JoinReply,
  LeaveReply,
  PublishReply,
  RenewReply,
  ResyncReply,
} from "../../calls/ports/backend.ts";
import { encodeControl, encodeEvent } from "../../calls/feed/envelope.ts";
import { type EventKind, eventCountOf, type SignalKind } from "webrtc-signals-protocol";

/**
 * One call, whole: its seats and its log, with one method per decision. The same rules as the Redis
 * scripts, over a map and an array. Times are milliseconds and come in as arguments; what must reach
 * the processes that hear the call goes out through `post`.
 */
export class CallRecord {
  /** When nothing is left of the call: two leases after the last thing that lengthened a seat. */
  expiresAt = 0;

  #epoch: number;
  /** The epoch's first count less one: what came before it is lost. */
  #zero = 0;
  #head = 0;
  #version = 1;
  #logged = 0;
  #log: Buffer[] = [];
  readonly #seats = new Map<string, Seat>();

  readonly #post: (bytes: Buffer) => void;

  constructor(epoch: number, post: (bytes: Buffer) => void) {
    this.#epoch = epoch;
    this.#post = post;
  }

  /** The last position this call gave out. */
  get position(): number {
    return this.#epoch + this.#head;
  }

  /** The backend lost or rolled back data: seats and count go on, the log does not. */
  beginEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#zero = this.#head;
    this.#version += 1;
    this.#clearLog();
  }

  join(session: string, introduction: Body, limits: CallLimits, now: number): JoinReply {
    this.#prune(now);
    if (this.#seats.size >= limits.seatCount) return { word: "full", now };
    const leaseEnd = now + limits.leaseMs;
    const seatNumber = this.#seat(session, 0, leaseEnd, introduction, limits, now);
    return { word: "ok", epoch: this.#epoch, seatNumber, leaseEnd, now };
  }

  publish(session: string, kind: SignalKind, body: Body, limits: CallLimits, now: number): PublishReply {
    const seat = this.#liveSeat(session, now);
    if (seat === undefined) return { word: "gone", now };
    this.#append(kind, seat.seatNumber, body, limits, now);
    return { word: "ok", epoch: this.#epoch, eventCount: this.#head, now };
  }

  attach(session: string, resumeAfter: number | undefined, limits: CallLimits, now: number): AttachReply {
    const seat = this.#liveSeat(session, now);
    if (seat === undefined) return { word: "gone", now };
    const wanted = this.#replayStart(seat, resumeAfter);
    const log = this.#logAfter(Math.max(wanted.from, seat.seatNumber));
    const replayAfter = this.#head - log.length;
    const recovered = wanted.recovered && replayAfter <= Math.max(wanted.from, seat.seatNumber);
    this.#lengthen(seat, now + limits.leaseMs, limits, now);
    if (!recovered && resumeAfter === undefined) {
      // Told here twice is told: a client whose closes never echo must come back in.
      const again = seat.cursor === toldOnce;
      seat.cursor = again ? replayAfter : toldOnce;
      if (again) seat.epoch = this.#epoch;
      return {
        word: "lost",
        epoch: this.#epoch,
        cursor: replayAfter,
        generation: seat.generation,
        leaseEnd: seat.leaseEnd,
        now,
      };
    }
    // Where the epoch is another, the first pong tells that the client knows: a renewal in the new one.
    if (seat.epoch === this.#epoch) seat.cursor = replayAfter;
    seat.generation += 1;
    if (seat.generation > 1) this.#tell("attached", seat);
    const epoch = this.#epoch;
    const head = this.#head;
    const version = this.#version;
    const { generation, seatNumber, leaseEnd } = seat;
    return {
      word: "ok",
      epoch,
      replayAfter,
      head,
      version,
      generation,
      seatNumber,
      leaseEnd,
      recovered,
      log,
      now,
    };
  }

  renew(session: string, holder: Holder, limits: CallLimits, now: number): RenewReply {
    const leaseEnd = Math.min(holder.seenAt, now) + limits.leaseMs;
    const held = this.#liveSeat(session, now);
    // Nothing but a leave ends a seat before its lease, where no data was lost.
    if (held === undefined && holder.epoch === this.#epoch && holder.leaseEnd > now)
      return { word: "left", now };
    const seat = held ?? this.#seatAgain(session, holder, limits, now);
    if (seat === undefined) return { word: "gone", now };
    if (seat.generation > holder.generation) return { word: "replaced", now };
    this.#lengthen(seat, leaseEnd, limits, now);
    // A loss stands until a renewal in the new epoch says that the client was told.
    const lost = holder.epoch !== this.#epoch;
    if (!lost && seat.epoch !== this.#epoch) {
      seat.cursor = Math.max(this.#zero, seat.seatNumber, Math.min(holder.cursor, this.#head));
      seat.epoch = this.#epoch;
    } else if (!lost) {
      seat.cursor = Math.max(seat.cursor, Math.min(holder.cursor, this.#head));
    }
    const epoch = this.#epoch;
    const head = this.#head;
    const version = this.#version;
    return { word: lost ? "lost" : "ok", epoch, head, version, leaseEnd: seat.leaseEnd, now };
  }

  holds(session: string, now: number): HoldsReply {
    return { word: this.#liveSeat(session, now) === undefined ? "gone" : "ok", now };
  }

  leave(session: string, now: number): LeaveReply {
    const seat = this.#liveSeat(session, now);
    if (seat === undefined) return { word: "gone", now };
    this.#seats.delete(session);
    this.#tell("left", seat);
    this.#prune(now);
    if (this.#seats.size === 0) this.#clearLog();
    return { word: "ok", now };
  }

  resync(epoch: number, after: number, now: number): ResyncReply {
    if (epoch !== this.#epoch) return { word: "other", now };
    const live = new Map<number, number>();
    for (const seat of this.#seats.values())
      if (seat.leaseEnd > now) live.set(seat.seatNumber, seat.generation);
    const log = this.#logAfter(after);
    const word = log.length < this.#head - after ? "trimmed" : "ok";
    return { word, head: this.#head, version: this.#version, live, log, now };
  }

  #replayStart(seat: Seat, resumeAfter: number | undefined): { from: number; recovered: boolean } {
    const isSameEpoch = seat.epoch === this.#epoch;
    if (resumeAfter !== undefined && resumeAfter !== 0) {
      const from = eventCountOf(this.#epoch, resumeAfter);
      if (from >= 0 && from <= this.#head) return { from, recovered: true };
      return { from: isSameEpoch ? seat.cursor : this.#zero, recovered: false };
    }
    if (!isSameEpoch) return { from: this.#zero, recovered: false };
    return { from: resumeAfter === 0 ? seat.seatNumber : seat.cursor, recovered: true };
  }

  /** A renewal is not a join; but what a loss of data took from a lease still running, it gives back where there is room. */
  #seatAgain(session: string, holder: Holder, limits: CallLimits, now: number): Seat | undefined {
    if (holder.epoch === this.#epoch || holder.leaseEnd <= now) return undefined;
    this.#prune(now);
    if (this.#seats.size >= limits.seatCount) return undefined;
    // A clock that was set back, or a process with longer leases, may say more than a lease from now.
    const leaseEnd = Math.min(holder.leaseEnd, now + limits.leaseMs);
    this.#seat(session, holder.generation, leaseEnd, noBody, limits, now);
    const seat = this.#seats.get(session);
    // Still of the epoch it lost, until the client was told.
    if (seat !== undefined) seat.epoch = holder.epoch;
    return seat;
  }

  #seat(
    session: string,
    generation: number,
    leaseEnd: number,
    introduction: Body,
    limits: CallLimits,
    now: number,
  ): number {
    const seatNumber = this.#head + 1;
    const seat: Seat = { leaseEnd, generation, cursor: seatNumber, seatNumber, epoch: this.#epoch };
    this.#seats.set(session, seat);
    this.#append("PEER", seatNumber, introduction, limits, now);
    this.#lengthen(seat, leaseEnd, limits, now);
    return seatNumber;
  }

  #append(kind: EventKind, sender: number, body: Body, limits: CallLimits, now: number): void {
    this.#head += 1;
    const epoch = this.#epoch;
    const eventCount = this.#head;
    const version = this.#version;
    const bytes = encodeEvent({ kind, epoch, eventCount, version, sender, at: now, trace: "", body });
    this.#log.push(bytes);
    this.#logged += bytes.length;
    while (this.#log.length > 1 && (this.#log.length > limits.logEntries || this.#logged > limits.logBytes)) {
      this.#logged -= this.#log.shift()?.length ?? 0;
    }
    this.#post(bytes);
  }

  #tell(kind: "attached" | "left", seat: Seat): void {
    this.#version += 1;
    const epoch = this.#epoch;
    const head = this.#head;
    const version = this.#version;
    this.#post(
      encodeControl({
        kind,
        epoch,
        head,
        version,
        seatNumber: seat.seatNumber,
        generation: kind === "attached" ? seat.generation : 0,
      }),
    );
  }

  #logAfter(count: number): Buffer[] {
    const missed = Math.max(0, Math.min(this.#head - count, this.#log.length));
    return missed === 0 ? [] : this.#log.slice(-missed);
  }

  #lengthen(seat: Seat, leaseEnd: number, limits: CallLimits, now: number): void {
    seat.leaseEnd = Math.max(seat.leaseEnd, leaseEnd);
    this.expiresAt = Math.max(this.expiresAt, now + 2 * limits.leaseMs);
  }

  #liveSeat(session: string, now: number): Seat | undefined {
    const seat = this.#seats.get(session);
    return seat !== undefined && seat.leaseEnd > now ? seat : undefined;
  }

  #prune(now: number): void {
    for (const [session, seat] of this.#seats) if (seat.leaseEnd <= now) this.#seats.delete(session);
  }

  #clearLog(): void {
    this.#log = [];
    this.#logged = 0;
  }
}

interface Seat {
  /** The end of its lease. */
  leaseEnd: number;
  /** How many websockets this session has had. */
  generation: number;
  /** The count of the last event the client is proven to have. */
  cursor: number;
  /** The count of its own PEER. */
  readonly seatNumber: number;
  /** The epoch its cursor speaks of. */
  epoch: number;
}

const noBody = new Uint8Array();
/** In place of a cursor, which is never below the first seat number: an attach has reported this seat's loss once. */
const toldOnce = 0;
