import { noHeaders, type RawHeaders } from "../transports/http/kit/response.ts";

/** The state of the service that the admin pages show. It is passed in, so that pages do not depend on the service. */
export interface Health {
  /** Whether the backend responds. It may hang or reject: both mean that it does not. */
  reachable(): Promise<boolean>;
  /** Whether the process is about to stop and accepts no new work. */
  draining(): boolean;
}

/** The parts of a request that pages need. */
export interface PageRequest {
  /** True for HEAD: a page whose body is costly to make omits it. */
  readonly headOnly: boolean;
  readonly query: URLSearchParams;
  /** Aborts when the client has gone, and when the admin server closes. */
  readonly gone: AbortSignal;
  readonly health: Health;
}

/** The response of a page. Without a body no Content-Length is sent, which only HEAD allows. */
export interface PageResponse {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body?: string | Uint8Array;
}

/** One row of the table in `pages.ts`. */
export interface Page {
  /** Without a trailing slash; a request with one finds the page too. */
  readonly path: string;
  /** Other paths that people try for the same page. */
  readonly also?: readonly string[];
  /** One sentence, shown on the index. */
  readonly summary: string;
  readonly respond: (request: PageRequest) => PageResponse | Promise<PageResponse>;
}

const statuses = {
  "bad seconds": 400,
  "not found": 404,
  "method not allowed": 405,
  "profile running": 409,
  "internal error": 500,
  "profiler unavailable": 501,
  "backend unreachable": 503,
  draining: 503,
  closing: 503,
} as const;

/** The first words of a refusal. They are stable, and each has one status. */
export type RefusalWord = keyof typeof statuses;

/** A 200 with one line of text. */
export function respondWithLine(line: string): PageResponse {
  return textResponse(200, line, noHeaders);
}

/** A refusal: its status, and one line that starts with the word, followed by a colon and the detail if there is one. */
export function refuse(word: RefusalWord, detail?: string, headers = noHeaders): PageResponse {
  return textResponse(statuses[word], detail === undefined ? word : `${word}: ${detail}`, headers);
}

function textResponse(status: number, line: string, headers: RawHeaders): PageResponse {
  return {
    status,
    headers: ["Content-Type", "text/plain; charset=utf-8", ...headers],
    body: `${line}\n`,
  };
}
