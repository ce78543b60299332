interface ProblemRow {
  readonly status: number;
  readonly title: string;
  /** Seconds after which trying again makes sense (Retry-After). */
  readonly retryAfter?: number;
}

/**
 * Every refusal of an HTTP request, keyed by its stable `code`, which is also the word in logs and
 * reports. The statuses of the seed stay; the body is `application/problem+json` (RFC 9457).
 */
export const problems = {
  malformed: { status: 400, title: "The request is malformed" },
  no_upgrade: { status: 400, title: "This endpoint speaks only websocket" },
  foreign_origin: { status: 403, title: "This origin may not use the service" },
  prefetch: { status: 403, title: "A join changes state and can't be prefetched" },
  not_found: { status: 404, title: "There is nothing here" },
  method_not_allowed: { status: 405, title: "The method is not one of this endpoint's" },
  too_slow: { status: 408, title: "The request took too long to arrive" },
  full: { status: 409, title: "No seat is free on this call" },
  gone: { status: 409, title: "The session holds no seat on this call" },
  too_large: { status: 413, title: "The body is too large" },
  wrong_content_type: { status: 415, title: "The Content-Type is not one this endpoint reads" },
  headers_too_large: { status: 431, title: "The headers are too large" },
  bug: { status: 500, title: "The server broke a rule of its own" },
  away: { status: 503, title: "The backend is away: nothing was decided", retryAfter: 1 },
  unknown: { status: 503, title: "The backend did not answer: the outcome is unknown", retryAfter: 1 },
  draining: { status: 503, title: "This process is about to stop", retryAfter: 1 },
  process_full: { status: 503, title: "This process serves as many connections as it may", retryAfter: 5 },
} as const satisfies Record<string, ProblemRow>;

/** The stable `code` of a problem. */
export type ProblemCode = keyof typeof problems;

/** The body of a refusal (RFC 9457), with our `code` as its one extension. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  /** What was wrong with this very request and what to do. */
  readonly detail: string;
}

/** Makes the body of a refusal. */
export function problemOf(code: ProblemCode, detail: string): Problem {
  const { status, title } = problems[code];
  return { type: "about:blank", title, status, code, detail };
}
