import { joinAnewCode, stopCodes } from "./close-advice.ts";

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
  "bad handshake": close(4400, "the first message is not a JOIN as got from the join"),
  "handshake timeout": close(4408, "no handshake came in time"),
  "pong timeout": close(4408, "no pong answered a ping in time"),
  "bad seat": close(joinAnewCode, "at the handshake: the session holds no seat on the call"),
  "seat renewal failure": close(joinAnewCode, "later: the session's seat is gone"),
  "events lost": close(
    4410,
    "events this client was owed can't be replayed; the same session goes on from here",
    "renegotiate",
  ),
  "too slow": close(4411, "the client reads slower than its peers write"),
  replaced: close(4001, "a newer websocket of the same session took over"),
  left: close(1000, "the session left the call"),
  restarting: close(1012, "this process drains; another one serves"),
  "backend failure": close(
    1013,
    "the lease ended, or an attach failed, while the backend did not answer",
    "back off",
  ),
  "too large": close(1009, "the handshake is over 16 KiB"),
  flood: close(1008, "the client sends far more than the protocol has it send"),
  bug: close(1011, "the server broke a rule of its own", "back off"),
} satisfies Record<string, CloseRow>;

/** The reason of a close, as it stands on the wire, in logs and in reports. */
export type CloseReason = keyof typeof closes;

/** A row. `how` adds to the advice to attach again; whether to do that follows from the code. */
function close(code: number, when: string, how?: "renegotiate" | "back off"): CloseRow {
  return { code, advice: adviceOn(code, how), when };
}

function adviceOn(code: number, how?: "renegotiate" | "back off"): Advice {
  if (code === joinAnewCode) return "join anew";
  if (stopCodes.includes(code)) return "stop";
  return how === undefined ? "attach again" : `attach again, ${how}`;
}
