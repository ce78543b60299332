import type { ClientKind } from "../history.ts";

/** A client on a call that numbers its signals and records everything. */
export interface Talker {
  readonly client: string;
  readonly kind: ClientKind;
  readonly call: string;
  readonly isAttached: boolean;
  /** How many sessions it has had: one, where it never lost its seat. */
  readonly sessions: number;
  /** Posts a signal every `everyMs`, one after the other. */
  talk(everyMs: number): void;
  /** Posts no more; resolves when the last one was answered. */
  hush(): Promise<void>;
  /** Ends it without a leave. */
  close(): Promise<void>;
}

/** A signal's body: whose it is, and its number. */
export function bodyOf(call: string, client: string, n: number): string {
  return `${call} ${client} ${n}`;
}

export function readBody(body: string): { readonly call: string; readonly from: string; readonly n: number } {
  const [call = "", from = "", n = ""] = body.split(" ");
  return { call, from, n: Number(n) };
}
