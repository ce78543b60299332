import type { CallContext } from "./call-context.ts";

/** Frees a seat whose joiner never received its response, as soon as that is possible. Never throws. */
export function releaseSeat({ backend }: CallContext, call: string, session: string): void {
  backend.release(call, session);
}
