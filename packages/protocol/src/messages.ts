import type { SequenceNumber } from "./counts.ts";

/**
 * The words of the wire: every kind of message, who sends it and what it carries.
 * A new kind of signal is a row in `messages` and a word in `signalKinds`.
 */

/** What `POST /signal` publishes: the two kinds of the seed, and CANDIDATE for trickle ICE (RFC 8838). */
export const signalKinds = ["OFFER", "ANSWER", "CANDIDATE"] as const;
export type SignalKind = (typeof signalKinds)[number];

/** What a call's log carries and a websocket hears after WELCOME. */
export const eventKinds = ["PEER", ...signalKinds] as const;
export type EventKind = (typeof eventKinds)[number];

/** One row per kind: the direction it travels, the endpoint it travels on, and what its fields mean. */
export const messages = {
  JOIN: {
    from: "both",
    on: "GET /call/{call}, POST /call/{call}, GET /ws",
    body: "none, or an introduction",
  },
  WELCOME: { from: "server", on: "GET /ws", body: "none" },
  PEER: { from: "server", on: "GET /ws", body: "the joiner's introduction, if it gave one" },
  OFFER: { from: "both", on: "POST /signal, GET /ws", body: "opaque" },
  ANSWER: { from: "both", on: "POST /signal, GET /ws", body: "opaque" },
  CANDIDATE: { from: "both", on: "POST /signal, GET /ws", body: "opaque" },
  LEAVE: { from: "client", on: "POST /leave", body: "none" },
  ICE: { from: "client", on: "POST /ice", body: "none" },
} as const satisfies Record<string, MessageRow>;
export type Kind = keyof typeof messages;

interface MessageRow {
  readonly from: "client" | "server" | "both";
  readonly on: string;
  readonly body: string;
}

/** A message as it stands on the wire (seed, «Message Format»), with the `seq` of a resuming client. */
export interface Message {
  readonly kind: Kind;
  readonly call: string;
  readonly session?: string;
  readonly body?: string;
  readonly seq?: SequenceNumber;
  /** On a resuming client's WELCOME: whether the replay holds everything after the `seq` it asked for. */
  readonly recovered?: boolean;
}

/** Writes a message without a body: JOIN and WELCOME. */
export function writeMessage(message: Message): string {
  return JSON.stringify(message);
}

/** Whether a word is a kind that `POST /signal` takes. Case counts, as in the seed. */
export function isSignalKind(word: unknown): word is SignalKind {
  return signalKinds.some((kind) => kind === word);
}
