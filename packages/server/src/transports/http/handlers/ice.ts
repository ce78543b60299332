import { endpoints, type IceAnswer } from "webrtc-signals-protocol";
import { offerIceServers } from "../../../calls/ice.ts";
import type { Exchange, HandlerContext } from "../exchange.ts";
import { parseMessage, readText } from "../read-request.ts";
import { replyWithOutcome } from "../reply-with-outcome.ts";

/** `POST /ice`: returns the ICE servers, with credentials for those that need them. */
export async function ice(exchange: Exchange, context: HandlerContext): Promise<void> {
  const { reply } = exchange;
  const bytes = await readText(exchange, endpoints["/ice"], context.bodyLimitBytes);
  if (bytes === undefined) return;
  const message = parseMessage(reply, bytes);
  if (message === undefined) return;
  if (message.kind !== "ICE") return reply.refuse({ code: "malformed", detail: "kind must be ICE" });
  const offered = await offerIceServers(context, message.call, message.session);
  if (offered.word !== "ok") return replyWithOutcome(reply, offered);
  const { iceServers, ttl } = offered;
  reply.json(JSON.stringify({ iceServers, ttl } satisfies IceAnswer));
}
