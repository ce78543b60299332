import type { ProblemCode } from "webrtc-signals-protocol";

/** Decides who may join which call. */
export interface Admission {
  /** Returns the decision itself when it needs no I/O, so that a join waits for nothing. */
  admit(call: string, client: Client): Admitted | Promise<Admitted>;
}

/** The client that sent the join. An implementation reads only the properties that it needs. */
export interface Client {
  /** The client's IP address; undefined if the connection has closed. */
  readonly address: string | undefined;
  /** The request's Origin header. */
  readonly origin: string | undefined;
  /** The request's bearer token. */
  readonly token: string | undefined;
}

/** The decision. `detail` is a sentence for the client. */
export type Admitted =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly code: ProblemCode; readonly detail: string };

/** The default: every client may join every call. */
export const admitEveryone: Admission = { admit: () => everyone };

const everyone: Admitted = { admitted: true };
