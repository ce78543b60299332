import { endpoints } from "webrtc-signals-protocol";
import { leaveCall } from "../../../calls/leave.ts";
import type { Exchange, HandlerContext } from "../exchange.ts";
import { parseMessage, readText } from "../read-request.ts";
import { replyWithOutcome } from "../reply-with-outcome.ts";

/** `POST /leave`: frees the seat. It accepts text/plain too, which `navigator.sendBeacon` sends. */
export async function leave(exchange: Exchange, context: HandlerContext): Promise<void> {
  const { reply } = exchange;
  const bytes = await readText(exchange, endpoints["/leave"], context.bodyLimitBytes);
  if (bytes === undefined) return;
  const message = parseMessage(reply, bytes);
  if (message === undefined) return;
  if (message.kind !== "LEAVE") return reply.refuse({ code: "malformed", detail: "kind must be LEAVE" });
  const outcome = await leaveCall(context, message.call, message.session);
  replyWithOutcome(reply, outcome, "nothing is left to do");
}
