import type { ProblemCode } from "./problems.ts";

/** One endpoint. The JSON schemas of the messages that it takes and returns belong here, once messages have schemas. */
export interface EndpointRow {
  readonly methods: readonly string[];
  readonly does: string;
  /** The media types of the body that it accepts, the preferred one first. */
  readonly contentTypes: readonly string[];
  /** `optional`: a request may come without a body, and a body without a Content-Type. */
  readonly body: "none" | "optional" | "required";
  /**
   * The refusals that it can return, in addition to `commonRefusals`. An endpoint that lists `draining` accepts no
   * requests while the process drains, one that lists `prefetch` no prefetches, and one that lists `no_upgrade` only
   * upgrades to websocket.
   */
  readonly refusals: readonly ProblemCode[];
}

/** The refusals that every endpoint can return. */
export const commonRefusals = [
  "malformed",
  "foreign_origin",
  "method_not_allowed",
  "too_slow",
  "headers_too_large",
  "bug",
  "process_full",
] as const satisfies readonly ProblemCode[];

/** Every endpoint of the service's own port. HEAD is not among them: it would have to take a seat. */
export const endpoints = {
  "/call/{call}": {
    methods: ["GET", "POST"],
    does: "joins a call: takes a seat",
    contentTypes: ["application/json", "text/plain"],
    body: "optional",
    refusals: ["prefetch", "full", "too_large", "wrong_content_type", "away", "unknown", "draining"],
  },
  "/ws": {
    methods: ["GET"],
    does: "attaches: holds the seat and hears the peers, by websocket",
    contentTypes: [],
    body: "none",
    refusals: ["no_upgrade", "draining"],
  },
  "/signal": {
    methods: ["POST"],
    does: "publishes an OFFER, ANSWER or CANDIDATE to the peers",
    contentTypes: ["application/json"],
    body: "required",
    refusals: ["gone", "too_large", "wrong_content_type", "away", "unknown"],
  },
  "/leave": {
    methods: ["POST"],
    does: "leaves: frees the seat at once",
    contentTypes: ["application/json", "text/plain"],
    body: "required",
    refusals: ["gone", "too_large", "wrong_content_type", "away", "unknown"],
  },
  "/ice": {
    methods: ["POST"],
    does: "hands a seat's holder the STUN and TURN servers",
    contentTypes: ["application/json"],
    body: "required",
    refusals: ["gone", "too_large", "wrong_content_type", "away"],
  },
} as const satisfies Record<string, EndpointRow>;

/** An endpoint, by its path as the documents write it. */
export type Endpoint = keyof typeof endpoints;
