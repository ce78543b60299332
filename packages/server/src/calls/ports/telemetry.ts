import type { CloseReason, ProblemCode, SignalKind } from "webrtc-signals-protocol";

/**
 * Everything that is ever reported: one closed list, from which log lines, counters and spans are
 * made in one place. It holds no session, no body and no call's name.
 */
export type Report =
  | { readonly event: "join"; readonly outcome: "ok" | "full" | Silence }
  | { readonly event: "signal"; readonly kind: SignalKind; readonly outcome: "ok" | "gone" | Silence }
  | { readonly event: "leave"; readonly outcome: "ok" | "gone" | Silence }
  | { readonly event: "ice"; readonly outcome: "ok" | "gone" | Silence }
  | { readonly event: "attach"; readonly outcome: "ok" | "lost" | "gone" | "away"; readonly replayed: number }
  | { readonly event: "renewal"; readonly outcome: "ok" | "lost" | "replaced" | "left" | "gone" | "away" }
  | { readonly event: "resync"; readonly outcome: "ok" | "trimmed" | "other" | "absent" | "away" }
  | { readonly event: "closed"; readonly reason: CloseReason }
  /** A websocket that ended by the client's doing, or the network's. */
  | { readonly event: "ended"; readonly code: number }
  | { readonly event: "refused"; readonly problem: ProblemCode }
  /** More connections than the process may have, dropped before a byte was read: so many within a second. */
  | { readonly event: "dropped connections"; readonly count: number }
  /** A rule of our own was broken. */
  | { readonly event: "bug"; readonly where: string; readonly error: unknown }
  | { readonly event: "serving"; readonly url: string; readonly adminUrl: string }
  /** What an operator should know; `warn`: or do something about. */
  | { readonly event: "notice"; readonly level: "info" | "warn"; readonly text: string }
  | { readonly event: "draining"; readonly sockets: number }
  | { readonly event: "stopped" };

/** The backend gave no answer: nothing was decided, or nobody knows. */
type Silence = "away" | "unknown";

/** Takes one report. Must not throw and must not wait. */
export type Reporter = (report: Report) => void;
