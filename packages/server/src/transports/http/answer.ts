import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { pipeline, type Readable } from "node:stream";
import type { Reporter } from "../../calls/ports/telemetry.ts";
import { allowsOrigin, type Origins } from "../origins.ts";
import { hasBody } from "./read-body.ts";
import { type ProblemCode, problemOf, problems } from "webrtc-signals-protocol";

/** Raw header pairs, as `writeHead` takes them without a look at each. */
type RawHeaders = readonly string[];

/** What every answer to a request from a page must say (Fetch standard, CORS protocol). */
export type Cors = (request: IncomingMessage) => RawHeaders;

// The headers of the original, and Retry-After and Authorization.
const exposed = "Cache-Control, Content-Type, User-Agent, Retry-After";
const allowed = "Cache-Control, Content-Type, User-Agent, Authorization";
const preflightHeaders: RawHeaders = [
  "Access-Control-Allow-Headers",
  allowed,
  "Access-Control-Max-Age",
  "60",
];

const noHeaders: RawHeaders = [];
// What is answered depends on the Origin, so a cache between must tell origins apart.
const vary: RawHeaders = ["Vary", "Origin"];

/** Makes the CORS headers of answers; where any origin may use the service they say `*`, as the original did. */
export function corsHeaders(origins: Origins): Cors {
  if (origins === "*") return () => anyOrigin;
  return ({ headers: { origin, host } }) => {
    if (origin === undefined || !allowsOrigin(origins, origin, host)) return vary;
    return [...allowOrigin(origin), ...vary];
  };
}

function allowOrigin(origin: string): RawHeaders {
  return ["Access-Control-Allow-Origin", origin, "Access-Control-Expose-Headers", exposed];
}

const anyOrigin = allowOrigin("*");

/** One answer on its way: who asked decides its CORS headers. */
export class Answer {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #cors: RawHeaders;
  readonly #report: Reporter;

  constructor(request: IncomingMessage, response: ServerResponse, cors: Cors, report: Reporter) {
    this.#request = request;
    this.#response = response;
    this.#cors = cors(request);
    this.#report = report;
  }

  /** 200 without a body. */
  ok(): void {
    this.#write(200, ["Content-Length", "0"]);
  }

  /** 200 with JSON that no cache may keep: it hands out a seat, or credentials. */
  json(text: string): void {
    this.#write(200, ["Content-Type", "application/json", "Cache-Control", "no-store"], text);
  }

  /** 200 with a file, or 304 where the client has it. */
  file(status: number, headers: RawHeaders, body: Readable): void {
    this.#response.writeHead(status, [...headers, ...this.#cors]);
    // What goes wrong from here on cuts the connection, which is all that the client can still be told.
    pipeline(body, this.#response, () => {});
  }

  /** Says what a page of this origin may do here, for a minute. */
  preflight(methods: readonly string[]): void {
    const methodList = [...methods, "OPTIONS"].join(", ");
    this.#write(204, ["Access-Control-Allow-Methods", methodList, ...preflightHeaders]);
  }

  /** Refuses, with the problem's status and a sentence that says what to do (RFC 9457). */
  refuse(code: ProblemCode, detail: string, headers: RawHeaders = noHeaders): void {
    this.#report({ event: "refused", problem: code });
    const row: { status: number; retryAfter?: number } = problems[code];
    const retry = row.retryAfter === undefined ? noHeaders : ["Retry-After", String(row.retryAfter)];
    // What is left of a body that is refused unread could not be told from the next request.
    const unread = hasBody(this.#request) && !this.#request.complete;
    const close = unread && !headers.includes("Connection") ? ["Connection", "close"] : noHeaders;
    const text = JSON.stringify(problemOf(code, detail));
    const own = ["Content-Type", "application/problem+json", "Cache-Control", "no-store"];
    this.#write(row.status, [...own, ...retry, ...close, ...headers], text);
  }

  /** Has `lost` called if the client goes away before the whole answer was handed to the network. */
  ifLost(lost: () => void): void {
    const response = this.#response;
    // It comes once, after what was written has gone or can't any more.
    response.once("close", () => {
      if (!response.writableFinished) lost();
    });
  }

  #write(status: number, headers: RawHeaders, body?: string): void {
    const length = body === undefined ? noHeaders : ["Content-Length", String(Buffer.byteLength(body))];
    this.#response.writeHead(status, [...headers, ...length, ...this.#cors]);
    this.#response.end(body);
  }
}

/** A refusal for a connection whose request could not even be read: the whole answer, as bytes. */
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
