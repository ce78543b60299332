import type { CloseReason, ProblemCode, SignalKind } from "webrtc-signals-protocol";

/**
 * Everything that is ever reported: one closed list, from which log lines, counters, histograms and
 * spans are made in one place. It holds no session, no body and no call's name.
 */
export type Report =
  | OperationReport
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

/** A report of one operation on the store, at its end. */
type OperationReport =
  | ({ readonly event: "join"; readonly outcome: "ok" | "full" | Silence } & Timing)
  | ({
      readonly event: "signal";
      readonly kind: SignalKind;
      readonly outcome: "ok" | "gone" | Silence;
    } & Timing)
  | ({ readonly event: "leave"; readonly outcome: "ok" | "gone" | Silence } & Timing)
  | ({ readonly event: "ice"; readonly outcome: "ok" | "gone" | Silence } & Timing)
  | ({
      readonly event: "attach";
      readonly outcome: "ok" | "lost" | "gone" | "away";
      readonly replayed: number;
    } & Timing)
  | ({
      readonly event: "renewal";
      readonly outcome: "ok" | "lost" | "replaced" | "left" | "gone" | "away";
    } & Timing)
  | ({
      readonly event: "resync";
      readonly outcome: "ok" | "trimmed" | "other" | "absent" | "away";
    } & Timing);

/** Which operation a report is about, and how long the store took. A span begins `durationMs` before its report. */
export interface Timing {
  /** The operation's number in this process. Reports with the same number are about the same request. */
  readonly operation: number;
  /** The time from the request to the store until its reply, in milliseconds, measured by a monotonic clock. */
  readonly durationMs: number;
}

/** The backend gave no answer: nothing was decided, or nobody knows. */
type Silence = "away" | "unknown";

/** Takes one report. Must not throw and must not wait. */
export type Reporter = (report: Report) => void;

/** Current values of this process. They are read on demand, so that they cost nothing when nobody reads them. */
export interface Gauges {
  /** The number of open websockets, including those before their handshake. */
  websockets(): number;
  /** The number of calls that this process has websockets on. */
  calls(): number;
  /** The number of open connections to the service's own port, websockets included. */
  connections(): number;
}
