import type {
  AttachReply,
  Body,
  CallRules,
  Holder,
  HoldsReply,
  JoinReply,
  LeaveReply,
  PublishReply,
  RenewReply,
  ResyncReply,
} from "../../calls/ports/backend.ts";
import { encodeControl, encodeEvent } from "../../calls/feed/envelope.ts";
import type { EventKind, SignalKind } from "webrtc-signals-protocol";

/**
 * One call, whole: its seats and its log, with one method per decision. The same rules as the Redis
 * scripts, over a map and an array. Times are milliseconds and come in as arguments; what must reach
 * the processes that hear the call goes out through `post`.
 */
export class CallRecord {
  /** When nothing is left of the call: two leases after the last thing that lengthened a seat. */
  expiresAt = 0;

  private epoch: number;
  /** The epoch's first count less one: what came before it is lost. */
  private zero = 0;
  private head = 0;
  private version = 1;
  private logged = 0;
  private log: Buffer[] = [];
  private readonly seats = new Map<string, Seat>();

  private readonly post: (bytes: Buffer) => void;

  constructor(epoch: number, post: (bytes: Buffer) => void) {
    this.epoch = epoch;
    this.post = post;
  }

  /** The last position this call gave out. */
  get position(): number {
    return this.epoch + this.head;
  }

  /** The backend lost or rolled back data: seats and count go on, the log does not. */
  beginEpoch(epoch: number): void {
    this.epoch = epoch;
    this.zero = this.head;
    this.version += 1;
    this.clearLog();
  }

  join(session: string, introduction: Body, rules: CallRules, now: number): JoinReply {
    this.prune(now);
    if (this.seats.size >= rules.seatCount) return { word: "full", now };
    const till = now + rules.leaseMs;
    const n = this.seat(session, 0, till, introduction, rules, now);
    return { word: "ok", epoch: this.epoch, n, till, now };
  }

  publish(session: string, kind: SignalKind, body: Body, rules: CallRules, now: number): PublishReply {
    const seat = this.liveSeat(session, now);
    if (seat === undefined) return { word: "gone", now };
    this.append(kind, seat.ord, body, rules, now);
    return { word: "ok", epoch: this.epoch, n: this.head, now };
  }

  attach(session: string, since: number | undefined, rules: CallRules, now: number): AttachReply {
    const seat = this.liveSeat(session, now);
    if (seat === undefined) return { word: "gone", now };
    const wanted = this.replayStart(seat, since);
    const log = this.logAfter(Math.max(wanted.from, seat.ord));
    const from = this.head - log.length;
    const recovered = wanted.recovered && from <= Math.max(wanted.from, seat.ord);
    this.lengthen(seat, now + rules.leaseMs, rules, now);
    if (!recovered && since === undefined) {
      // Told here twice is told: a client whose closes never echo must come back in.
      const again = seat.cursor === toldOnce;
      seat.cursor = again ? from : toldOnce;
      if (again) seat.epoch = this.epoch;
      return { word: "lost", epoch: this.epoch, cursor: from, gen: seat.gen, till: seat.till, now };
    }
    // Where the epoch is another, the first pong tells that the client knows: a renewal in the new one.
    if (seat.epoch === this.epoch) seat.cursor = from;
    seat.gen += 1;
    if (seat.gen > 1) this.tell("attached", seat);
    const { epoch, head, version } = this;
    const { gen, ord, till } = seat;
    return { word: "ok", epoch, from, head, version, gen, ord, till, recovered, log, now };
  }

  renew(session: string, holder: Holder, rules: CallRules, now: number): RenewReply {
    const till = Math.min(holder.seenAt, now) + rules.leaseMs;
    const held = this.liveSeat(session, now);
    // Nothing but a leave ends a seat before its lease, where no data was lost.
    if (held === undefined && holder.epoch === this.epoch && holder.till > now) return { word: "left", now };
    const seat = held ?? this.seatAgain(session, holder, rules, now);
    if (seat === undefined) return { word: "gone", now };
    if (seat.gen > holder.gen) return { word: "replaced", now };
    this.lengthen(seat, till, rules, now);
    // A loss stands until a renewal in the new epoch says that the client was told.
    const lost = holder.epoch !== this.epoch;
    if (!lost && seat.epoch !== this.epoch) {
      seat.cursor = Math.max(this.zero, seat.ord, Math.min(holder.cursor, this.head));
      seat.epoch = this.epoch;
    } else if (!lost) {
      seat.cursor = Math.max(seat.cursor, Math.min(holder.cursor, this.head));
    }
    const { epoch, head, version } = this;
    return { word: lost ? "lost" : "ok", epoch, head, version, till: seat.till, now };
  }

  holds(session: string, now: number): HoldsReply {
    return { word: this.liveSeat(session, now) === undefined ? "gone" : "ok", now };
  }

  leave(session: string, now: number): LeaveReply {
    const seat = this.liveSeat(session, now);
    if (seat === undefined) return { word: "gone", now };
    this.seats.delete(session);
    this.tell("left", seat);
    this.prune(now);
    if (this.seats.size === 0) this.clearLog();
    return { word: "ok", now };
  }

  resync(epoch: number, since: number, now: number): ResyncReply {
    if (epoch !== this.epoch) return { word: "other", now };
    const live = new Map<number, number>();
    for (const seat of this.seats.values()) if (seat.till > now) live.set(seat.ord, seat.gen);
    const log = this.logAfter(since);
    const word = log.length < this.head - since ? "trimmed" : "ok";
    return { word, head: this.head, version: this.version, live, log, now };
  }

  private replayStart(seat: Seat, since: number | undefined): { from: number; recovered: boolean } {
    const isSameEpoch = seat.epoch === this.epoch;
    if (since !== undefined && since !== 0) {
      const from = since - this.epoch;
      if (from >= 0 && from <= this.head) return { from, recovered: true };
      return { from: isSameEpoch ? seat.cursor : this.zero, recovered: false };
    }
    if (!isSameEpoch) return { from: this.zero, recovered: false };
    return { from: since === 0 ? seat.ord : seat.cursor, recovered: true };
  }

  /** A renewal is not a join; but what a loss of data took from a lease still running, it gives back where there is room. */
  private seatAgain(session: string, holder: Holder, rules: CallRules, now: number): Seat | undefined {
    if (holder.epoch === this.epoch || holder.till <= now) return undefined;
    this.prune(now);
    if (this.seats.size >= rules.seatCount) return undefined;
    // A clock that was set back, or a process with longer leases, may say more than a lease from now.
    const till = Math.min(holder.till, now + rules.leaseMs);
    this.seat(session, holder.gen, till, noBody, rules, now);
    const seat = this.seats.get(session);
    // Still of the epoch it lost, until the client was told.
    if (seat !== undefined) seat.epoch = holder.epoch;
    return seat;
  }

  private seat(
    session: string,
    gen: number,
    till: number,
    introduction: Body,
    rules: CallRules,
    now: number,
  ): number {
    const ord = this.head + 1;
    const seat: Seat = { till, gen, cursor: ord, ord, epoch: this.epoch };
    this.seats.set(session, seat);
    this.append("PEER", ord, introduction, rules, now);
    this.lengthen(seat, till, rules, now);
    return ord;
  }

  private append(kind: EventKind, from: number, body: Body, rules: CallRules, now: number): void {
    this.head += 1;
    const { epoch, head: n, version } = this;
    const bytes = encodeEvent({ kind, epoch, n, version, from, at: now, trace: "", body });
    this.log.push(bytes);
    this.logged += bytes.length;
    while (this.log.length > 1 && (this.log.length > rules.logEntries || this.logged > rules.logBytes)) {
      this.logged -= this.log.shift()?.length ?? 0;
    }
    this.post(bytes);
  }

  private tell(kind: "attached" | "left", seat: Seat): void {
    this.version += 1;
    const { epoch, head, version } = this;
    this.post(
      encodeControl({ kind, epoch, head, version, ord: seat.ord, gen: kind === "attached" ? seat.gen : 0 }),
    );
  }

  private logAfter(count: number): Buffer[] {
    const missed = Math.max(0, Math.min(this.head - count, this.log.length));
    return missed === 0 ? [] : this.log.slice(-missed);
  }

  private lengthen(seat: Seat, till: number, rules: CallRules, now: number): void {
    seat.till = Math.max(seat.till, till);
    this.expiresAt = Math.max(this.expiresAt, now + 2 * rules.leaseMs);
  }

  private liveSeat(session: string, now: number): Seat | undefined {
    const seat = this.seats.get(session);
    return seat !== undefined && seat.till > now ? seat : undefined;
  }

  private prune(now: number): void {
    for (const [session, seat] of this.seats) if (seat.till <= now) this.seats.delete(session);
  }

  private clearLog(): void {
    this.log = [];
    this.logged = 0;
  }
}

interface Seat {
  /** The end of its lease. */
  till: number;
  /** How many websockets this session has had. */
  gen: number;
  /** The count of the last event the client is proven to have. */
  cursor: number;
  /** The count of its own PEER. */
  readonly ord: number;
  /** The epoch its cursor speaks of. */
  epoch: number;
}

const noBody = new Uint8Array();
/** In place of a cursor, which is never below the first ordinal: an attach has told this seat's loss once. */
const toldOnce = 0;
