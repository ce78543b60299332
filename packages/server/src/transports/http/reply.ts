import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { type ProblemCode, problemOf, problems } from "webrtc-signals-protocol";
import type { Reporter } from "../../calls/ports/telemetry.ts";
import { preflightHeaders } from "./cors.ts";
import { hasBody } from "./kit/body.ts";
import type { Refusal } from "./kit/refusal.ts";
import { noHeaders, type RawHeaders, writeResponse } from "./kit/response.ts";

/** The response to one request, in the formats of the service's own port. Each method but `ifLost` writes all of it. */
export class Reply {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #cors: RawHeaders;
  readonly #report: Reporter;

  /** `cors` are the headers that every response to this request carries. */
  constructor(request: IncomingMessage, response: ServerResponse, cors: RawHeaders, report: Reporter) {
    this.#request = request;
    this.#response = response;
    this.#cors = cors;
    this.#report = report;
  }

  /** Whether the status line has been written, so that no other response is possible. */
  get isStarted(): boolean {
    return this.#response.headersSent;
  }

  /** Whether the client can no longer receive the response. */
  get isLost(): boolean {
    return this.#response.destroyed || this.#request.socket.destroyed;
  }

  /** 200 without a body. */
  ok(): void {
    writeResponse(this.#response, 200, okHeaders, undefined, this.#cors);
  }

  /** 200 with JSON that no cache may keep, since it contains a session or credentials. */
  json(text: string): void {
    writeResponse(this.#response, 200, jsonHeaders, text, this.#cors);
  }

  /** 200 with a file, or 304 if the client has it. */
  file(status: number, headers: RawHeaders, body: Readable): void {
    this.#response.writeHead(status, [...headers, ...this.#cors]);
    // An error that occurs later closes the connection, which is the only way left to report it to the client.
    pipeline(body, this.#response, () => {});
  }

  /** 204 with the methods and headers that a page of this origin may use here (Fetch standard, CORS preflight). */
  preflight(allow: readonly string[]): void {
    const allowedMethods = ["Access-Control-Allow-Methods", allow.join(", ")];
    writeResponse(this.#response, 204, [...allowedMethods, ...preflightHeaders], undefined, this.#cors);
  }

  /** Refuses with the problem's status and `application/problem+json` (RFC 9457). */
  refuse({ code, detail, headers = noHeaders }: Refusal): void {
    this.#report({ event: "refused", problem: code });
    const row: { status: number; retryAfter?: number } = problems[code];
    const retry = row.retryAfter === undefined ? noHeaders : ["Retry-After", String(row.retryAfter)];
    // The rest of an unread body could not be distinguished from the next request.
    const unread = hasBody(this.#request) && !this.#request.complete;
    const close = unread && !headers.includes("Connection") ? ["Connection", "close"] : noHeaders;
    const text = JSON.stringify(problemOf(code, detail));
    const all = [...problemHeaders, ...retry, ...close, ...headers];
    writeResponse(this.#response, row.status, all, text, this.#cors);
  }

  /** Calls `lost` if the connection closes before the whole response was handed to the network. */
  ifLost(lost: () => void): void {
    const response = this.#response;
    // The event comes once, when everything has been written or can no longer be written.
    response.once("close", () => {
      if (!response.writableFinished) lost();
    });
  }
}

/** The whole response, as text, to a request that could not be parsed. */
export function rawRefusal(code: ProblemCode, detail: string): string {
  const { status } = problems[code];
  const text = JSON.stringify(problemOf(code, detail));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/problem+json",
    "Cache-Control: no-store",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
    "",
    text,
  ].join("\r\n");
}

const okHeaders: RawHeaders = ["Content-Length", "0"];
const jsonHeaders: RawHeaders = ["Content-Type", "application/json", "Cache-Control", "no-store"];
const problemHeaders: RawHeaders = ["Content-Type", "application/problem+json", "Cache-Control", "no-store"];
