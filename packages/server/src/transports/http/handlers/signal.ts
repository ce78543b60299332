import { bodyLiteral, endpoints, isSignalKind, signalKinds } from "webrtc-signals-protocol";
import { publishSignal } from "../../../calls/signal.ts";
import type { Exchange, HandlerContext } from "../exchange.ts";
import { noBody, parseMessage, readText } from "../read-request.ts";
import { replyWithOutcome } from "../reply-with-outcome.ts";

/** `POST /signal`: publishes to the peers. The checks have the original's order: type, size, fields, seat. */
export async function signal(exchange: Exchange, context: HandlerContext): Promise<void> {
  const { reply } = exchange;
  const bytes = await readText(exchange, endpoints["/signal"], context.bodyLimitBytes);
  if (bytes === undefined) return;
  const message = parseMessage(reply, bytes);
  if (message === undefined) return;
  const { kind, call, session, body } = message;
  if (!isSignalKind(kind))
    return reply.refuse({ code: "malformed", detail: `kind must be one of ${signalKinds.join(", ")}` });
  if (typeof body !== "string" || body === "")
    return reply.refuse({ code: "malformed", detail: "body must be a non-empty string" });
  const outcome = await publishSignal(context, call, session, kind, bodyLiteral(bytes) ?? noBody);
  replyWithOutcome(reply, outcome);
}
