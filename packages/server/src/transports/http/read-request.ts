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
export function parseMessage(reply: Reply, body: Buffer): ReceivedMessage | undefined {
  const message = readMessage(body.toString());
  if (typeof message !== "string") return message;
  reply.refuse({ code: "malformed", detail: message });
  return undefined;
}

/** A message without a body, or without an introduction. */
export const noBody: Body = new Uint8Array();
