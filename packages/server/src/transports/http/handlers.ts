import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { type IceContext, offerIceServers } from "../../calls/ice.ts";
import { joinCall } from "../../calls/join.ts";
import { leaveCall } from "../../calls/leave.ts";
import { publishSignal } from "../../calls/signal.ts";
import {
  bodyLiteral,
  type IceAnswer,
  isSignalKind,
  readIntroduction,
  readMessage,
  type ReceivedMessage,
  signalKinds,
} from "webrtc-signals-protocol";
import { writeMessage } from "../frames.ts";
import type { Answer } from "./answer.ts";
import { hasBody, readBody } from "./read-body.ts";

/** One request on its way through an endpoint. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly answer: Answer;
  /** Whether the client has gone, so that no answer can reach it. */
  readonly gone: () => boolean;
}

export interface HandlerContext extends IceContext {
  readonly bodyLimitBytes: number;
}

/** `GET` and `POST /call/{call}`: takes a seat. A joiner that is gone before its answer leaves it again. */
export async function join(exchange: Exchange, context: HandlerContext, call: string): Promise<void> {
  const { request, answer } = exchange;
  let introduction = nothing;
  if (request.method === "POST" && hasBody(request)) {
    const body = await readText(exchange, context, jsonOrTextOrUnsaid);
    if (body === undefined) return;
    const message = body.length === 0 ? { body: undefined } : readIntroduction(body.toString());
    if (typeof message === "string") return answer.refuse("malformed", message);
    if (message.body !== undefined) introduction = bodyLiteral(body) ?? nothing;
  }
  const joined = await joinCall(context, call, introduction);
  if (joined.word === "full") return answer.refuse("full", "every seat is taken; try again when one is free");
  if (joined.word !== "ok") return answer.refuse(joined.word, silence[joined.word]);
  const { session } = joined;
  if (!exchange.gone()) {
    answer.json(writeMessage({ kind: "JOIN", call, session }));
    answer.ifLost(() => context.backend.release(call, session));
  } else context.backend.release(call, session);
}

/** `POST /signal`: publishes to the peers. Checks in the original's order: type, size, fields, seat. */
export async function signal(exchange: Exchange, context: HandlerContext): Promise<void> {
  const { answer } = exchange;
  const bytes = await readText(exchange, context, json);
  if (bytes === undefined) return;
  const posted = asMessage(answer, bytes);
  if (posted === undefined) return;
  const { kind, call, session, body } = posted;
  if (!isSignalKind(kind)) return answer.refuse("malformed", `kind must be one of ${signalKinds.join(", ")}`);
  if (typeof body !== "string" || body === "")
    return answer.refuse("malformed", "body must be a non-empty string");
  const word = await publishSignal(context, call, session, kind, bodyLiteral(bytes) ?? nothing);
  answerWord(answer, word);
}

/** `POST /leave`: frees the seat. Takes text/plain too, which is what `navigator.sendBeacon` sends. */
export async function leave(exchange: Exchange, context: HandlerContext): Promise<void> {
  const { answer } = exchange;
  const bytes = await readText(exchange, context, jsonOrText);
  if (bytes === undefined) return;
  const posted = asMessage(answer, bytes);
  if (posted === undefined) return;
  if (posted.kind !== "LEAVE") return answer.refuse("malformed", "kind must be LEAVE");
  const word = await leaveCall(context, posted.call, posted.session);
  answerWord(answer, word, "nothing is left to do");
}

/** `POST /ice`: hands out the ICE servers, with credentials where they need some. */
export async function ice(exchange: Exchange, context: HandlerContext): Promise<void> {
  const { answer } = exchange;
  const bytes = await readText(exchange, context, json);
  if (bytes === undefined) return;
  const posted = asMessage(answer, bytes);
  if (posted === undefined) return;
  if (posted.kind !== "ICE") return answer.refuse("malformed", "kind must be ICE");
  const offered = await offerIceServers(context, posted.call, posted.session);
  if (offered.word !== "ok") return answerWord(answer, offered.word);
  const { iceServers, ttl } = offered;
  answer.json(JSON.stringify({ iceServers, ttl } satisfies IceAnswer));
}

const nothing: Uint8Array = new Uint8Array();
const json = ["application/json"];
const jsonOrText = ["application/json", "text/plain"];
const jsonOrTextOrUnsaid = [...jsonOrText, undefined];
const silence = {
  away: "nothing was decided; try again soon",
  unknown:
    "it may have been done all the same; where doing it twice does harm, ask your peers before you try again",
};

function answerWord(answer: Answer, word: "ok" | "gone" | "away" | "unknown", then = "join anew"): void {
  if (word === "ok") answer.ok();
  else if (word === "gone")
    answer.refuse("gone", `the session never held a seat on this call, left, or expired; ${then}`);
  else answer.refuse(word, silence[word]);
}

/** The message that a body is, or undefined when the request has been refused. */
function asMessage(answer: Answer, body: Buffer): ReceivedMessage | undefined {
  const message = readMessage(body.toString());
  if (typeof message !== "string") return message;
  answer.refuse("malformed", message);
  return undefined;
}

/** The body, as UTF-8, or undefined when the request has been refused. */
async function readText(
  { request, answer }: Exchange,
  { bodyLimitBytes }: HandlerContext,
  types: readonly (string | undefined)[],
): Promise<Buffer | undefined> {
  const type = request.headers["content-type"];
  // Nearly always it is just that, without parameters.
  const stated = types.includes(type) ? type : type?.split(";", 1)[0]?.trim().toLowerCase();
  if (!types.includes(stated)) {
    answer.refuse("wrong_content_type", `send Content-Type: ${types[0]}`);
    return undefined;
  }
  const body = await readBody(request, bodyLimitBytes);
  if (body === "gone") return undefined;
  if (body === "too_large") answer.refuse("too_large", `a body may have ${bodyLimitBytes} bytes`);
  else if (!isUtf8(body)) answer.refuse("malformed", "the body is not UTF-8");
  else return body;
  return undefined;
}
