import type { Backend, CallLimits } from "./ports/backend.ts";
import type { Reporter } from "./ports/telemetry.ts";

/** What every rule needs: where calls are kept, what they are made of, and whom to tell. */
export interface CallContext {
  readonly backend: Backend;
  readonly limits: CallLimits;
  readonly report: Reporter;
  /** Mints a session: secret, never used before. */
  readonly newSession: () => string;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Returns the number of a new operation, which its reports carry. */
  readonly nextOperation: () => number;
}
