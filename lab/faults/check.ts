import { type Entries, readSessions, type Sent, type Session, type Span } from "./sessions.ts";

/** What a history shows. Each breach of a promise is a line of words. */
export interface Verdict {
  /** Signals answered 200, and what was heard in all. */
  readonly acknowledged: number;
  readonly received: number;
  /** Answered 200, owed to a session that is attached at the end, never heard by it, and not told as a gap. */
  readonly lost: readonly string[];
  /** Heard twice by a client that resumes, or on one websocket by any. */
  readonly twice: readonly string[];
  readonly disordered: readonly string[];
  /** Of another call, the receiver's own, from before its join, or never sent. */
  readonly foreign: readonly string[];
  /** More sessions certainly alive at one instant than seats. */
  readonly overfull: readonly string[];
  /** How often clients were told of a loss, and how many signals that explains. */
  readonly gaps: number;
  readonly toldLost: number;
  /** Lost or out of order between two masters that both answered, and told as a gap, if not at its place. */
  readonly divided: number;
  /** Heard again by clients of the seed after they had attached again, which they may. */
  readonly again: number;
  /** Closes by code, and how many of those were 1013 to a handshake. */
  readonly closes: ReadonlyMap<number, number>;
  readonly refused: number;
}

/** Judges a history of calls that have so many seats each. A pure function. */
export function check(entries: Entries, seats: number): Verdict {
  const { sessions, sent, divisions } = readSessions(entries);
  const verdict = {
    acknowledged: sent.filter(({ status }) => status === 200).length,
    received: 0,
    lost: [] as string[],
    twice: [] as string[],
    disordered: [] as string[],
    foreign: [] as string[],
    overfull: overfullCalls(sessions, seats),
    gaps: 0,
    toldLost: 0,
    divided: 0,
    again: 0,
    closes: closesOf(entries),
    refused: refusedIn(entries),
  };
  const byName = new Map(sent.map((one) => [nameOf(one.client, one.n), one]));
  for (const session of sessions) {
    verdict.received += session.heard.length;
    verdict.gaps += session.gaps.length;
    verdict.foreign.push(...foreignTo(session, byName));
    const senders = new Set(sent.filter(({ call }) => call === session.call).map(({ client }) => client));
    senders.delete(session.client);
    for (const client of senders) {
      const own = sent.filter((one) => one.client === client && one.call === session.call);
      const judged = judgeFrom(session, client, own, divisions);
      verdict.lost.push(...judged.lost);
      verdict.twice.push(...judged.twice);
      verdict.disordered.push(...judged.disordered);
      verdict.toldLost += judged.toldLost;
      verdict.divided += judged.divided;
      verdict.again += judged.again;
    }
  }
  verdict.disordered.push(...crossedOrders(sessions));
  return verdict;
}

/** What one session heard of one sender. */
function judgeFrom(session: Session, client: string, own: readonly Sent[], divisions: readonly Span[]) {
  const judged = {
    lost: [] as string[],
    twice: [] as string[],
    disordered: [] as string[],
    toldLost: 0,
    divided: 0,
    again: 0,
  };
  const say = (n: number, what: string): string =>
    `${session.client} (${session.kind}) ${what} ${nameOf(client, n)}`;
  // Only what was answered before the next one was posted has a place among them.
  const placed = new Set(own.filter(({ status }) => status === 200).map(({ n }) => n));
  // Signals that either of two masters may have taken, where the session was told of a gap then or later.
  const divided = new Set(own.filter((one) => isToldDivided(one, session, divisions)).map(({ n }) => n));
  const firsts = new Map<number, number>();
  const lastOn = new Map<number, number>();
  let highest = -1;
  for (const { from, n, socket, index } of session.heard) {
    if (from !== client) continue;
    const last = lastOn.get(socket) ?? -1;
    if (firsts.has(n)) {
      if (session.kind !== "seed" || n === last) judged.twice.push(say(n, "heard twice"));
      else judged.again += 1;
    } else {
      firsts.set(n, index);
      if (n < highest && placed.has(n)) {
        const before = firsts.get(highest) ?? index;
        const isAcross = session.gaps.some((gap) => gap.index > before && gap.index < index);
        if (divided.has(n) && divided.has(highest) && isAcross) judged.divided += 1;
        else judged.disordered.push(say(n, "heard late"));
      }
    }
    if (n < last && placed.has(n) && session.kind === "seed") judged.disordered.push(say(n, "heard back"));
    if (placed.has(n)) {
      highest = Math.max(highest, n);
      lastOn.set(socket, n);
    }
  }
  for (const { n, status, askedAt } of own) {
    if (status !== 200 || askedAt <= session.joinedAt || firsts.has(n)) continue;
    const before = [...firsts].filter(([other]) => other < n).map(([, index]) => index);
    const after = [...firsts].filter(([other]) => other > n).map(([, index]) => index);
    const [from, leaseEnd] = [Math.max(-1, ...before), Math.min(Infinity, ...after)];
    const told = session.gaps.some(
      ({ index, at }) => index > from && index < leaseEnd && (leaseEnd < Infinity || at >= askedAt),
    );
    if (told) judged.toldLost += 1;
    else if (divided.has(n)) judged.divided += 1;
    else if (leaseEnd < Infinity || session.isAttached) judged.lost.push(say(n, "lost"));
  }
  return judged;
}

function isToldDivided({ askedAt, at }: Sent, { gaps }: Session, divisions: readonly Span[]): boolean {
  return divisions.some(
    ({ from, leaseEnd }) =>
      askedAt <= leaseEnd &&
      at >= from &&
      gaps.some((gap) => gap.at >= from && gap.at <= leaseEnd + tellingMs),
  );
}

/** A loss is told over two seconds. */
const tellingMs = 3000;

function foreignTo(session: Session, sent: ReadonlyMap<string, Sent>): string[] {
  return session.heard.flatMap(({ call, from, n }) => {
    const one = sent.get(nameOf(from, n));
    const isOwn = one !== undefined && call === session.call && one.call === call && from !== session.client;
    return isOwn && (one.status !== 200 || one.at >= session.askedAt)
      ? []
      : [`${session.client} on ${session.call} heard ${nameOf(from, n)} of ${call}`];
  });
}

/** Any two sessions of a call hear what both hear in one order. */
function crossedOrders(sessions: readonly Session[]): string[] {
  const orders = sessions.map((session) => ({
    session,
    order: new Map(
      [...new Set(session.heard.map(({ from, n }) => nameOf(from, n)))].map((name, i) => [name, i]),
    ),
  }));
  return orders.flatMap(({ session, order }, at) =>
    orders.slice(at + 1).flatMap(({ session: other, order: others }) => {
      if (other.call !== session.call) return [];
      let last = -1;
      for (const name of order.keys()) {
        const place = others.get(name);
        if (place === undefined) continue;
        if (place < last) return [`${session.client} and ${other.client} heard ${name} in different orders`];
        last = place;
      }
      return [];
    }),
  );
}

/** At each join: how many sessions were certainly alive. */
function overfullCalls(sessions: readonly Session[], seats: number): string[] {
  const broken: string[] = [];
  for (const call of new Set(sessions.map((session) => session.call))) {
    const own = sessions.filter((session) => session.call === call);
    for (const { client, joinedAt } of own) {
      const alive = own.filter(({ lives }) =>
        lives.some(({ from, leaseEnd }) => from <= joinedAt && leaseEnd >= joinedAt),
      );
      if (alive.length > seats) broken.push(`${alive.length} sessions on ${call} when ${client} joined`);
    }
  }
  return broken;
}

function closesOf(entries: Entries): Map<number, number> {
  const closes = new Map<number, number>();
  for (const entry of entries) {
    if (entry.event === "closed") closes.set(entry.code, (closes.get(entry.code) ?? 0) + 1);
  }
  return closes;
}

function refusedIn(entries: Entries): number {
  const welcomed = new Set(entries.map((entry) => (entry.event === "welcome" ? entry.socket : undefined)));
  return entries.filter(
    (entry) => entry.event === "closed" && entry.code === 1013 && !welcomed.has(entry.socket),
  ).length;
}

function nameOf(client: string, n: number): string {
  return `${client}#${n}`;
}
