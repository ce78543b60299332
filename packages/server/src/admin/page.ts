/** What the admin pages ask of the service. Handed in, so that this folder imports nothing of it. */
export type Health = {
  /** Whether the backend answers. May hang or reject: both count as no. */
  reachable(): Promise<boolean>;
  /** Whether the process is leaving and wants no new work. */
  draining(): boolean;
};

/** One request to a page, as far as a page needs it. */
export type Ask = {
  /** True for HEAD: a page whose body is costly to make leaves it out. */
  headOnly: boolean;
  query: URLSearchParams;
  /** Aborts when no one waits for the answer any more, and when the admin server closes. */
  gone: AbortSignal;
  health: Health;
};

/** What a page answers. Without a body no Content-Length is sent, which only HEAD allows. */
export type Answer = { status: number; headers: Record<string, string>; body?: string | Uint8Array };

/** One row of the table in `pages.ts`. */
export type Page = {
  /** Without a trailing slash; a request with one finds the page too. */
  path: string;
  /** Other paths that people try for the same page. */
  also?: readonly string[];
  /** One sentence, shown on the index. */
  summary: string;
  answer(ask: Ask): Answer | Promise<Answer>;
};

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

/** The words a refusal may start with. They are stable, and each has one status. */
export type Refusal = keyof typeof statuses;

/** A 200 of one line of text. */
export function say(line: string): Answer {
  return text(200, line);
}

/** A refusal: its status, and one line that starts with the word, then a colon and the detail if there is one. */
export function refuse(word: Refusal, detail?: string): Answer {
  return text(statuses[word], detail === undefined ? word : `${word}: ${detail}`);
}

function text(status: number, line: string): Answer {
  return { status, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: `${line}\n` };
}
