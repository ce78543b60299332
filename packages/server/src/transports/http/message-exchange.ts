import { readMessage, type ReceivedMessage } from "webrtc-signals-protocol";
import type { Body } from "../../calls/ports/backend.ts";
import type { Exchange } from "./exchange.ts";
import { type BodyRule, contentTypeRefusal, readBody } from "./kit/body.ts";
import type { Reply } from "./reply.ts";

/** Reads the body of a request. Returns undefined if the request has been refused or its client has gone. */
export async function readText(
  { request, reply }: Exchange,
  rule: BodyRule,
  limitBytes: number,
): Promise<Buffer | undefined> {
  const wrongType = contentTypeRefusal(request, rule);
  if (wrongType !== undefined) {
    reply.refuse(wrongType);
    return undefined;
  }
  const body = await readBody(request, limitBytes);
  if (body === "gone") return undefined;
  if (!("code" in body)) return body;
  reply.refuse(body);
  return undefined;
}

/** Parses the message in a body. Returns undefined if the request has been refused. */
export function receivedMessage(reply: Reply, body: Buffer): ReceivedMessage | undefined {
  const message = readMessage(body.toString());
  if (typeof message !== "string") return message;
  reply.refuse({ code: "malformed", detail: message });
  return undefined;
}

/** Responds with the outcome of an operation. `advice` is for a client whose session has no seat. */
export function replyWithOutcome(
  reply: Reply,
  outcome: "ok" | "gone" | "away" | "unknown",
  advice = "join anew",
): void {
  if (outcome === "ok") return reply.ok();
  if (outcome !== "gone") return refuseWithoutDecision(reply, outcome);
  const detail = `the session never held a seat on this call, left, or expired; ${advice}`;
  reply.refuse({ code: "gone", detail });
}

/** Refuses because the backend did not respond. */
export function refuseWithoutDecision(reply: Reply, code: "away" | "unknown"): void {
  reply.refuse({ code, detail: withoutDecision[code] });
}

const withoutDecision = {
  away: "nothing was decided; try again soon",
  unknown:
    "it may have been done all the same; where doing it twice does harm, ask your peers before you try again",
};

export const noBody: Body = new Uint8Array();
