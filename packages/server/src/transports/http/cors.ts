import type { IncomingMessage } from "node:http";
import { allowsOrigin, type Origins } from "../origins.ts";
import type { RawHeaders } from "./kit/response.ts";

/** Returns the CORS headers of every response to a request (Fetch standard, CORS protocol). */
export type Cors = (request: IncomingMessage) => RawHeaders;

/** Makes the function that returns CORS headers. If every origin is allowed, it returns `*`, as the original did. */
export function corsHeaders(origins: Origins): Cors {
  if (origins === "*") return () => anyOrigin;
  return ({ headers: { origin, host } }) => {
    if (origin === undefined || !allowsOrigin(origins, origin, host)) return vary;
    return [...allowOrigin(origin), ...vary];
  };
}

// The headers of the original, and Retry-After and Authorization.
const exposed = "Cache-Control, Content-Type, User-Agent, Retry-After";
const allowed = "Cache-Control, Content-Type, User-Agent, Authorization";

/** The headers of the response to a preflight that do not depend on the endpoint. */
export const preflightHeaders: RawHeaders = [
  "Access-Control-Allow-Headers",
  allowed,
  "Access-Control-Max-Age",
  "60",
];

// The response depends on the Origin, so shared caches must distinguish origins.
const vary: RawHeaders = ["Vary", "Origin"];

function allowOrigin(origin: string): RawHeaders {
  return ["Access-Control-Allow-Origin", origin, "Access-Control-Expose-Headers", exposed];
}

const anyOrigin = allowOrigin("*");
