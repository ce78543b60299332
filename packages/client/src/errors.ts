/** The stable word of an error, to match on. */
export type ErrorCode =
  | "bad_url"
  | "bad_name"
  | "call_full"
  | "forbidden"
  | "not_signals"
  | "unreachable"
  | "seat_lost"
  | "replaced"
  | "signal_unknown"
  | "signal_refused"
  | "call_closed"
  | "no_webrtc"
  | "insecure_context"
  | "media_denied"
  | "media_missing"
  | "media_busy";

/** Every error of this client: `code` says which, `message` what to do. */
export class SignalsError extends Error {
  override readonly name: string = "SignalsError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Every seat on the call is taken. */
export class CallFullError extends SignalsError {
  constructor() {
    super("call_full", "every seat is taken; try again later");
  }
}

/** The session's seat is gone: it expired while this client was away, or left. */
export class SeatLostError extends SignalsError {
  constructor() {
    super("seat_lost", "the seat is gone; join anew");
  }
}

/** A signal was sent and nobody knows whether it was heard. It is not sent again by itself. */
export class SignalUnknownError extends SignalsError {
  constructor() {
    super("signal_unknown", "nobody knows whether the signal was heard");
  }
}

/** The error as one of ours; what an abort rejects with says that the call has ended. */
export function asSignalsError(error: unknown): SignalsError {
  return error instanceof SignalsError
    ? error
    : new SignalsError("call_closed", "the call has ended", { cause: error });
}

/** What answers nothing, or may not be asked by this page: a browser does not tell the two apart. */
export function unreachable(url: string): SignalsError {
  return new SignalsError("unreachable", `${url} does not answer, or refuses this page (--origin)`);
}
