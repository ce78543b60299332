import type { ProblemCode } from "webrtc-signals-protocol";
import type { RawHeaders } from "./response.ts";

/** The reason why a request is refused. A refusal is a value, not an exception. */
export interface Refusal {
  readonly code: ProblemCode;
  /** What is wrong with this request, and what the client can do. */
  readonly detail: string;
  /** Headers of the response, in addition to those of every refusal. */
  readonly headers?: RawHeaders;
}
