import type { KeepAlive, Turn } from "./websocket.ts";

/** The kinds of signals; every server has the three, or carries them in messages of one kind. */
export type SignalKind = "OFFER" | "ANSWER" | "CANDIDATE";

/** Somebody on a call: `id` is its name among all, `session` what its join was answered. */
export interface Peer {
  readonly call: string;
  readonly id: string;
  readonly session: string;
}

/** How a kind of server is spoken to: nothing but words, so that all are spoken to by the same code. */
export interface Dialect {
  /** The request that joins a call; undefined where joining is part of the greeting. Its answer is the peer's session. */
  readonly join: ((call: string) => Buffer) | undefined;
  /** Where the peer's websocket is. */
  readonly path: (peer: Peer) => string;
  readonly greeting: (peer: Peer) => readonly Turn[];
  readonly keepAlive: KeepAlive | undefined;
  /** Whether signals are posted and answered, or said on the sender's websocket, which nothing answers. */
  readonly posts: boolean;
  /** The bytes of a signal: a request where signals are posted, else a websocket frame. */
  readonly signal: (from: Peer, to: Peer, kind: SignalKind, body: string) => Buffer;
  /** The request that leaves the call; undefined where a peer leaves by closing its websocket. */
  readonly leave: ((peer: Peer) => Buffer) | undefined;
}
