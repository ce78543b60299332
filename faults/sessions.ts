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
  /** The last time at which it certainly held its seat. */
  readonly aliveAt: number;
  /** Whether it has an open websocket at the end. */
  readonly isAttached: boolean;
  readonly heard: readonly Heard[];
  readonly gaps: readonly { readonly index: number; readonly at: number }[];
}

/** One that is being read. */
interface Growing extends Session {
  aliveAt: number;
  isAttached: boolean;
  readonly heard: Heard[];
  readonly gaps: { readonly index: number; readonly at: number }[];
}

/** Sorts a history by its sessions, and takes what was sent out of it. */
export function readSessions(entries: Entries): {
  readonly sessions: readonly Session[];
  readonly sent: readonly Sent[];
} {
  const sessions = new Map<string, Growing>();
  const sent: Sent[] = [];
  const open = new Map<string, number>();
  const alive = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const { session, at } = entry;
    switch (entry.event) {
      case "joined": {
        const { client, kind, call, askedAt } = entry;
        sessions.set(session, {
          client,
          kind,
          call,
          askedAt,
          joinedAt: at,
          aliveAt: at,
          isAttached: false,
          heard: [],
          gaps: [],
        });
        break;
      }
      case "sent":
        sent.push(entry);
        if (entry.status === 200) alive.set(session, Math.max(alive.get(session) ?? 0, entry.askedAt));
        break;
      case "heard":
        sessions.get(session)?.heard.push({ ...entry, index });
        break;
      case "gap":
        sessions.get(session)?.gaps.push({ index, at });
        break;
      case "welcome":
        open.set(session, entry.socket);
        alive.set(session, Math.max(alive.get(session) ?? 0, entry.askedAt));
        break;
      case "closed":
        if (open.get(session) === entry.socket) open.delete(session);
        break;
    }
  }
  for (const [name, session] of sessions) {
    session.aliveAt = Math.max(session.aliveAt, alive.get(name) ?? 0);
    session.isAttached = open.has(name);
  }
  return { sessions: [...sessions.values()], sent };
}
