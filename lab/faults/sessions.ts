import type { ClientKind, Entry } from "./history.ts";

export type Entries = readonly Entry[];
export type Sent = Extract<Entry, { event: "sent" }>;
type Heard = Extract<Entry, { event: "heard" }> & { readonly index: number };

/** What a history says of one session. */
export interface Session {
  readonly client: string;
  readonly kind: ClientKind;
  readonly call: string;
  readonly askedAt: number;
  readonly joinedAt: number;
  /** When it certainly held its seat: from a server's yes to another, with no loss of all seats between. */
  readonly lives: readonly Span[];
  /** Whether it has an open websocket at the end. */
  readonly isAttached: boolean;
  readonly heard: readonly Heard[];
  readonly gaps: readonly { readonly index: number; readonly at: number }[];
}

/** From a time to another. */
export interface Span {
  readonly from: number;
  readonly leaseEnd: number;
}

/** One that is being read. */
interface Growing extends Session {
  lives: readonly Span[];
  isAttached: boolean;
  readonly heard: Heard[];
  readonly gaps: { readonly index: number; readonly at: number }[];
}

/** Sorts a history by its sessions, and takes what was sent out of it. */
export function readSessions(entries: Entries): {
  readonly sessions: readonly Session[];
  readonly sent: readonly Sent[];
  /** When two masters may have answered. */
  readonly divisions: readonly Span[];
} {
  const sessions = new Map<string, Growing>();
  const sent: Sent[] = [];
  const open = new Map<string, number>();
  const emptied: Span[] = [];
  const divisions: Span[] = [];
  const affirmed = Map.groupBy(entries.filter(isYes), ({ session }) => session);
  for (const [index, entry] of entries.entries()) {
    const { at } = entry;
    if (entry.event === "emptied" || entry.event === "divided") {
      (entry.event === "emptied" ? emptied : divisions).push({ from: entry.since, leaseEnd: at });
      continue;
    }
    const { session } = entry;
    switch (entry.event) {
      case "joined": {
        const { client, kind, call, askedAt } = entry;
        sessions.set(session, {
          client,
          kind,
          call,
          askedAt,
          joinedAt: at,
          lives: [],
          isAttached: false,
          heard: [],
          gaps: [],
        });
        break;
      }
      case "sent":
        sent.push(entry);
        break;
      case "heard":
        sessions.get(session)?.heard.push({ ...entry, index });
        break;
      case "gap":
        sessions.get(session)?.gaps.push({ index, at });
        break;
      case "welcome":
        open.set(session, entry.socket);
        break;
      case "closed":
        if (open.get(session) === entry.socket) open.delete(session);
        break;
    }
  }
  for (const [name, session] of sessions) {
    session.lives = livesOf(affirmed.get(name) ?? [], emptied);
    session.isAttached = open.has(name);
  }
  return { sessions: [...sessions.values()], sent, divisions };
}

type Yes = Extract<Entry, { askedAt: number }>;

/** Whether only who holds a seat is answered so. */
function isYes(entry: Entry): entry is Yes {
  return (
    entry.event === "joined" || entry.event === "welcome" || (entry.event === "sent" && entry.status === 200)
  );
}

/** What was asked before a loss and answered after it shows nothing. */
function livesOf(affirmed: readonly Yes[], emptied: readonly Span[]): Span[] {
  const clear = affirmed.filter(({ askedAt, at }) =>
    emptied.every(({ from, leaseEnd }) => at <= from || askedAt >= leaseEnd),
  );
  const stretches = Map.groupBy(clear, ({ at }) => emptied.filter(({ from }) => from < at).length);
  return [...stretches.values()].map((stretch) => {
    const from = Math.min(...stretch.map(({ at }) => at));
    return { from, leaseEnd: Math.max(from, ...stretch.map(({ askedAt }) => askedAt)) };
  });
}
