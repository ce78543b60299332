/** What a client should do when its websocket is closed. PROTOCOL.md says each at length. */
export type Advice =
  | "stop"
  | "attach again"
  | "attach again, renegotiate"
  | "attach again, back off"
  | "join anew";

interface CloseRow {
  /** RFC 6455, section 7.4; 4000 to 4999 are private to the application. */
  readonly code: number;
  readonly advice: Advice;
  readonly when: string;
}

/**
 * Every close this server makes by itself, keyed by the reason it sends, which is also the word in
 * logs and reports. The websocket library closes by itself, without a reason, what breaks RFC 6455:
 * 1002, 1007, 1009 for a message over 64 KiB, 1008 for one in over 16 fragments.
 * A close never frees a seat: sessions exist to come back.
 */
export const closes = {
  "bad handshake": {
    code: 4400,
    advice: "stop",
    when: "the first message is not a JOIN as got from the join",
  },
  "handshake timeout": { code: 4408, advice: "attach again", when: "no handshake came in time" },
  "pong timeout": { code: 4408, advice: "attach again", when: "no pong answered a ping in time" },
  "bad seat": {
    code: 4409,
    advice: "join anew",
    when: "at the handshake: the session holds no seat on the call",
  },
  "seat renewal failure": { code: 4409, advice: "join anew", when: "later: the session's seat is gone" },
  "events lost": {
    code: 4410,
    advice: "attach again, renegotiate",
    when: "events this client was owed can't be replayed; the same session goes on from here",
  },
  "too slow": { code: 4411, advice: "attach again", when: "the client reads slower than its peers write" },
  replaced: { code: 4001, advice: "stop", when: "a newer websocket of the same session took over" },
  left: { code: 1000, advice: "stop", when: "the session left the call" },
  restarting: { code: 1012, advice: "attach again", when: "this process drains; another one serves" },
  "backend failure": {
    code: 1013,
    advice: "attach again, back off",
    when: "the lease ended, or an attach failed, while the backend did not answer",
  },
  "too large": { code: 1009, advice: "stop", when: "the handshake is over 16 KiB" },
  flood: { code: 1008, advice: "stop", when: "the client sends far more than the protocol has it send" },
  bug: { code: 1011, advice: "attach again, back off", when: "the server broke a rule of its own" },
} as const satisfies Record<string, CloseRow>;

/** The reason of a close, as it stands on the wire, in logs and in reports. */
export type CloseReason = keyof typeof closes;
