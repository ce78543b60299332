import type { Body, CallLimits, Holder } from "../../packages/server/src/calls/ports/backend.ts";

/**
 * What every reply and every message of a backend must be: the mechanism written a second time, over plain
 * maps, from the documents and not from a backend. It is told the time of each decision, since that is the
 * backend's to say, and decides the rest; what it can't know, an epoch, it takes once and holds it to its word.
 */
export class Reference {
  readonly calls = new Map<string, Call>();
  /** What the processes that hear a call must be told, in order. */
  readonly said = new Map<string, Said[]>();
  /** What broke a rule that no single reply shows. */
  readonly broken: string[] = [];
  readonly #positions = new Map<string, number>();
  readonly #backend: BackendKind;

  constructor(backend: BackendKind) {
    this.#backend = backend;
  }

  join(
    { call, session, now, late }: Asked,
    body: Body,
    limits: CallLimits,
    reply: { epoch?: number; seatNumber?: number },
  ) {
    const known = this.#find(
      call,
      now,
      late,
      reply.seatNumber === undefined ? undefined : reply.seatNumber === 1,
    );
    if (known !== undefined) {
      this.#meet(known);
      if (prune(known, now) >= limits.seatCount) return { word: "full", now };
    }
    const here = known ?? this.#begin(call, limits, now, late);
    this.#learn(here, reply.epoch);
    const leaseEnd = now + limits.leaseMs;
    const seat = this.#seat(here, session, 0, leaseEnd, body, limits, now, late);
    return { word: "ok", now, epoch: here.epoch.value, seatNumber: seat.seatNumber, leaseEnd };
  }

  publish(asked: Asked, kind: string, body: Body, limits: CallLimits, reply: { epoch?: number }) {
    const { now } = asked;
    const seated = this.#seated(asked);
    if (seated === undefined) return { word: "gone", now };
    const { here, seat } = seated;
    this.#learn(here, reply.epoch);
    this.#append(here, kind, seat.seatNumber, body, limits, now);
    return { word: "ok", now, epoch: here.epoch.value, eventCount: here.head };
  }

  attach(asked: Asked, since: number | undefined, limits: CallLimits, reply: { epoch?: number }) {
    const { now, late } = asked;
    const seated = this.#seated(asked);
    if (seated === undefined) return { word: "gone", now };
    const { here, seat } = seated;
    this.#learn(here, reply.epoch);
    const { head, epoch } = here;
    const isHome = seat.epoch === epoch.value;
    const count = since === undefined || since === 0 ? undefined : since - (epoch.value ?? 0);
    const isKnown = count === undefined ? isHome : count >= 0 && count <= head;
    let start = isHome ? (since === 0 ? seat.seatNumber : seat.cursor) : here.zero;
    if (count !== undefined) start = isKnown ? count : isHome ? seat.cursor : here.zero;
    start = Math.max(start, seat.seatNumber);
    const oldest = head - here.log.length;
    const from = Math.max(start, oldest);
    const recovered = isKnown && start >= oldest;
    seat.leaseEnd = Math.max(seat.leaseEnd, now + limits.leaseMs);
    this.#lengthen(here, limits, now, late);
    if (!recovered && since === undefined) {
      // The second time it is told here counts as told; the first forgets what was proven.
      if (seat.cursor === 0) Object.assign(seat, { cursor: from, epoch: epoch.value });
      else seat.cursor = 0;
      return {
        word: "lost",
        now,
        epoch: epoch.value,
        cursor: from,
        generation: seat.generation,
        leaseEnd: seat.leaseEnd,
      };
    }
    if (isHome) seat.cursor = from;
    seat.generation += 1;
    if (seat.generation > 1) this.#tell(here, "attached", `${seat.seatNumber} ${seat.generation}`);
    const log = here.log.slice(here.log.length - (head - from));
    const { seatNumber, generation, leaseEnd } = seat;
    const place = {
      epoch: epoch.value,
      replayAfter: from,
      head,
      version: here.version,
      generation,
      seatNumber,
      leaseEnd,
      recovered,
    };
    return { word: "ok", now, ...place, log: log.map(({ text }) => text(epoch.value ?? 0)) };
  }

  renew(
    { call, session, now, late }: Asked,
    holder: Holder,
    limits: CallLimits,
    reply: { epoch?: number; head?: number },
  ) {
    const isNew = reply.head === undefined ? undefined : reply.head === 1;
    let here = this.#find(call, now, late, isNew);
    if (here !== undefined) this.#meet(here);
    let seat = here && alive(here, session, now);
    if (here === undefined || seat === undefined) {
      if (holder.leaseEnd <= now) return { word: "gone", now };
      if (here !== undefined && here.epoch.value === holder.epoch) return { word: "left", now };
      if (here !== undefined && prune(here, now) >= limits.seatCount) return { word: "gone", now };
      here ??= this.#begin(call, limits, now, late);
      this.#learn(here, reply.epoch);
      // What was lost is given back, and never more than a lease from now, whatever clock said so.
      const leaseEnd = Math.min(holder.leaseEnd, now + limits.leaseMs);
      seat = this.#seat(here, session, holder.generation, leaseEnd, new Uint8Array(), limits, now, late);
      seat.epoch = holder.epoch;
    }
    if (seat.generation > holder.generation) return { word: "replaced", now };
    this.#learn(here, reply.epoch);
    seat.leaseEnd = Math.max(seat.leaseEnd, Math.min(holder.seenAt, now) + limits.leaseMs);
    this.#lengthen(here, limits, now, late);
    const isTold = holder.epoch === here.epoch.value;
    if (isTold) {
      const given = Math.min(holder.cursor, here.head);
      const isHome = seat.epoch === here.epoch.value;
      seat.cursor = isHome ? Math.max(seat.cursor, given) : Math.max(here.zero, seat.seatNumber, given);
      seat.epoch = holder.epoch;
    }
    const { epoch, head, version } = here;
    return { word: isTold ? "ok" : "lost", now, epoch: epoch.value, head, version, leaseEnd: seat.leaseEnd };
  }

  holds({ call, session, now, late }: Asked) {
    const here = this.#find(call, now, late);
    return { word: here !== undefined && alive(here, session, now) ? "ok" : "gone", now };
  }

  leave(asked: Asked) {
    const { session, now } = asked;
    const seated = this.#seated(asked);
    if (seated === undefined) return { word: "gone", now };
    const { here, seat } = seated;
    here.seats.delete(session);
    this.#tell(here, "left", String(seat.seatNumber));
    if (prune(here, now) === 0) here.log = [];
    return { word: "ok", now };
  }

  resync({ call, now, late }: Asked, epoch: number, since: number, reply: { word: string }) {
    const here = this.#find(call, now, late, reply.word === "absent");
    if (here === undefined) return { word: "absent", now };
    if (here.foreign || here.epoch.value !== epoch) return { word: "other", now };
    const { head, version } = here;
    const seats = [...here.seats.values()].filter(({ leaseEnd }) => leaseEnd > now);
    const log = here.log.slice(Math.max(0, here.log.length - Math.max(0, head - since)));
    const word = here.log.length < head - since ? "trimmed" : "ok";
    const live = new Map(seats.map(({ seatNumber, generation }) => [seatNumber, generation]));
    return { word, now, head, version, live, log: log.map(({ text }) => text(epoch)) };
  }

  /** All data is lost. */
  empty(): void {
    for (const [name, call] of this.calls) this.#keepPosition(name, call);
    this.calls.clear();
  }

  /** The data stays, under another run: no log can be trusted. Redis notices at a call's next decision. */
  restart(): void {
    for (const call of this.calls.values()) {
      if (this.#backend === "memory") this.#beginEpoch(call);
      else call.foreign = true;
    }
  }

  /** How many sessions hold a seat. */
  held(call: string, now: number): number {
    return [...(this.calls.get(call)?.seats.values() ?? [])].filter(({ leaseEnd }) => leaseEnd > now).length;
  }

  /** The seat of who asked, and its call, which this is a decision about; undefined where there is none. */
  #seated({ call, session, now, late }: Asked): { here: Call; seat: Seat } | undefined {
    const here = this.#find(call, now, late);
    const seat = here && alive(here, session, now);
    if (here === undefined || seat === undefined) return undefined;
    this.#meet(here);
    return { here, seat };
  }

  /** The call where it is there; `isNew` says what the reply shows, where a time-out alone can't tell. */
  #find(name: string, now: number, late: number, isNew?: boolean): Call | undefined {
    const call = this.calls.get(name);
    if (call === undefined || now < call.ends) return call;
    // Memory's clock is exact. Redis reads its own twice, at most as far apart as the commands took.
    const isOver = this.#backend === "memory" || now - late > call.endsBy;
    if (!isOver && isNew !== true) return call;
    this.#keepPosition(name, call);
    this.calls.delete(name);
    return undefined;
  }

  #begin(name: string, limits: CallLimits, now: number, late: number): Call {
    const epoch = { value: undefined, after: Math.max(this.#positions.get(name) ?? 0, now * 1000 - 1) };
    const call = { name, epoch, zero: 0, head: 0, version: 1, log: [], seats: new Map(), foreign: false };
    const begun: Call = { ...call, ends: 0, endsBy: 0 };
    this.calls.set(name, begun);
    this.#lengthen(begun, limits, now, late);
    return begun;
  }

  /** A decision about a call of another run begins its next epoch. */
  #meet(call: Call): void {
    if (call.foreign) this.#beginEpoch(call);
  }

  #beginEpoch(call: Call): void {
    const { value, after } = call.epoch;
    call.epoch = { value: undefined, after: (value ?? after) + call.head };
    call.foreign = false;
    call.zero = call.head;
    call.version += 1;
    call.log = [];
  }

  /** An epoch is the backend's to choose, once, and later than every position this call has given out. */
  #learn({ epoch, name }: Call, value: number | undefined): void {
    if (epoch.value !== undefined || value === undefined) return;
    if (value <= epoch.after) this.broken.push(`${name}: epoch ${value} is not after ${epoch.after}`);
    epoch.value = value;
  }

  #keepPosition(name: string, { epoch, head }: Call): void {
    const last = (epoch.value ?? epoch.after) + head;
    this.#positions.set(name, Math.max(last, this.#positions.get(name) ?? 0));
  }

  #seat(
    call: Call,
    session: string,
    generation: number,
    leaseEnd: number,
    body: Body,
    limits: CallLimits,
    now: number,
    late: number,
  ): Seat {
    const seatNumber = call.head + 1;
    const seat = { leaseEnd, generation, cursor: seatNumber, seatNumber, epoch: call.epoch.value };
    call.seats.set(session, seat);
    this.#append(call, "PEER", seatNumber, body, limits, now);
    this.#lengthen(call, limits, now, late);
    return seat;
  }

  #append(call: Call, kind: string, from: number, body: Body, limits: CallLimits, now: number): void {
    call.head += 1;
    const rest = `${call.head} ${call.version} ${from} ${now} \n${Buffer.from(body).toString()}`;
    const text = (epoch: number): string => `1 ${kind} ${epoch} ${rest}`;
    call.log.push({ text, bytes: Buffer.byteLength(text(call.epoch.value ?? 0)) });
    const size = (): number => call.log.reduce((sum, { bytes }) => sum + bytes, 0);
    while (call.log.length > 1 && (call.log.length > limits.logEntries || size() > limits.logBytes)) {
      call.log.shift();
    }
    this.#say(call, text);
  }

  #tell(call: Call, kind: string, who: string): void {
    call.version += 1;
    const { head, version } = call;
    this.#say(call, (epoch) => `1 ${kind} ${epoch} ${head} ${version} ${who}\n`);
  }

  #say({ name, epoch }: Call, text: Said["text"]): void {
    const said = this.said.get(name) ?? [];
    if (said.length === 0) this.said.set(name, said);
    said.push({ epoch, text });
  }

  #lengthen(call: Call, { leaseMs }: CallLimits, now: number, late: number): void {
    call.ends = Math.max(call.ends, now + 2 * leaseMs);
    call.endsBy = Math.max(call.endsBy, now + 2 * leaseMs + late);
  }
}

export type BackendKind = "memory" | "redis";

/** One decision: who asked, when it was taken, and how much later, in ms, its clock may have been read again. */
export interface Asked {
  readonly call: string;
  readonly session: string;
  readonly now: number;
  readonly late: number;
}

export interface Said {
  readonly epoch: Epoch;
  readonly text: (epoch: number) => string;
}

interface Epoch {
  value: number | undefined;
  readonly after: number;
}

interface Call {
  readonly name: string;
  epoch: Epoch;
  zero: number;
  head: number;
  version: number;
  log: { readonly text: Said["text"]; readonly bytes: number }[];
  readonly seats: Map<string, Seat>;
  /** Whether it was written by another run, and not looked at since. */
  foreign: boolean;
  /** It is there before `ends` and not after `endsBy`. */
  ends: number;
  endsBy: number;
}

interface Seat {
  leaseEnd: number;
  generation: number;
  cursor: number;
  readonly seatNumber: number;
  epoch: number | undefined;
}

function alive(call: Call, session: string, now: number): Seat | undefined {
  const seat = call.seats.get(session);
  return seat !== undefined && seat.leaseEnd > now ? seat : undefined;
}

function prune(call: Call, now: number): number {
  for (const [session, { leaseEnd }] of call.seats) if (leaseEnd <= now) call.seats.delete(session);
  return call.seats.size;
}
