import { bodyLiteral, endpoints, readIntroduction, writeMessage } from "webrtc-signals-protocol";
import { joinCall } from "../../../calls/join.ts";
import { releaseSeat } from "../../../calls/release.ts";
import type { Body } from "../../../calls/ports/backend.ts";
import type { Exchange, HandlerContext } from "../exchange.ts";
import { hasBody } from "../kit/body.ts";
import { noBody, readText } from "../read-request.ts";
import { refuseUndecided } from "../reply-with-outcome.ts";

/** `GET` and `POST /call/{call}`: takes a seat. If the response cannot reach the client, the seat is released. */
export async function join(exchange: Exchange, context: HandlerContext, call: string): Promise<void> {
  const { request, reply } = exchange;
  let introduction: Body = noBody;
  if (request.method === "POST" && hasBody(request)) {
    const body = await readText(exchange, endpoints["/call/{call}"], context.bodyLimitBytes);
    if (body === undefined) return;
    const message = body.length === 0 ? { body: undefined } : readIntroduction(body.toString());
    if (typeof message === "string") return reply.refuse({ code: "malformed", detail: message });
    if (message.body !== undefined) introduction = bodyLiteral(body) ?? noBody;
  }
  const joined = await joinCall(context, call, introduction, exchange);
  switch (joined.word) {
    case "not admitted":
      return reply.refuse(joined.refusal);
    case "full":
      return reply.refuse({ code: "full", detail: "every seat is taken; try again when one is free" });
    case "away":
    case "unknown":
      return refuseUndecided(reply, joined.word);
    case "ok":
  }
  const { session } = joined;
  if (reply.isLost) return releaseSeat(context, call, session);
  reply.json(writeMessage({ kind: "JOIN", call, session }));
  reply.ifLost(() => releaseSeat(context, call, session));
}
