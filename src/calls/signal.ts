import type { SignalKind } from "../protocol/messages.ts";
import { askBackend } from "./ask-backend.ts";
import type { Body } from "./backend.ts";
import type { CallContext } from "./call-context.ts";

/** Publishes a signal of a seat's holder to every other session that holds a seat on the call now. */
export async function publishSignal(
  context: CallContext,
  call: string,
  session: string,
  kind: SignalKind,
  body: Body,
): Promise<"ok" | "gone" | "away" | "unknown"> {
  const { backend, rules, report } = context;
  const { word } = await askBackend(backend.publish(call, session, kind, body, rules));
  report({ event: "signal", kind, outcome: word });
  return word;
}
