import type { IncomingMessage } from "node:http";
import { allowsOrigin, type Origins } from "../origins.ts";
import type { ServedEndpoint } from "./handlers.ts";
import type { Refusal } from "./kit/refusal.ts";
import { allowHeaders } from "./kit/response.ts";

/** The conditions under which a process accepts requests. */
export interface GateOptions {
  readonly origins: Origins;
  /** Whether this process is about to stop: then it accepts no new work. */
  readonly draining: () => boolean;
}

/**
 * Checks a request before its handler is called, in the order of the code. The checks are synchronous, because Node
 * needs their result at once to decide about an upgrade (docs/decisions/0010).
 */
export function refusalOf(
  request: IncomingMessage,
  endpoint: ServedEndpoint,
  options: GateOptions,
): Refusal | undefined {
  const foreign = originRefusal(request, options);
  if (foreign !== undefined) return foreign;
  const { method = "" } = request;
  if (method === "OPTIONS") return undefined;
  const { methods, allow } = endpoint;
  if (!methods.includes(method)) {
    const headers = allowHeaders(allow);
    return { code: "method_not_allowed", detail: `use ${methods.join(" or ")}`, headers };
  }
  if (isCrossSite(request) && options.origins !== "*") {
    return {
      code: "foreign_origin",
      detail: "a page of another site may not have its user's browser ask this",
    };
  }
  if (!endpoint.servesPrefetch && isPrefetch(request)) {
    return { code: "prefetch", detail: "join when the user does, not ahead of it" };
  }
  if (!endpoint.servedWhileDraining && options.draining()) {
    return { code: "draining", detail: "this process is about to stop; try again, another one serves" };
  }
  if (endpoint.needsUpgrade && !isWebsocketUpgrade(request)) {
    const detail = "open a websocket here, version 13 (RFC 6455, section 4.2.1)";
    return { code: "no_upgrade", detail, headers: ["Sec-WebSocket-Version", "13"] };
  }
  return undefined;
}

/** The checks that apply to every target, files included: the request has a Host, and its origin is allowed. */
export function originRefusal(
  { headers, httpVersion }: IncomingMessage,
  { origins }: GateOptions,
): Refusal | undefined {
  if (headers.host === undefined && httpVersion === "1.1") {
    return { code: "malformed", detail: "send a Host (RFC 9112, section 3.2)" };
  }
  if (!allowsOrigin(origins, headers.origin, headers.host)) {
    return {
      code: "foreign_origin",
      detail: "pages of this origin may not use the service; --origin lists those that may",
    };
  }
  return undefined;
}

/**
 * A request that a foreign page makes through an image, a frame or a link carries no Origin, but would take a seat like
 * any other. Browsers mark such requests (Fetch Metadata), to HTTPS and to localhost.
 */
function isCrossSite({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined && headers["sec-fetch-site"] === "cross-site";
}

/** Browsers mark a prefetch with Sec-Purpose (Fetch standard), or with one of its predecessors. */
function isPrefetch({ headers }: IncomingMessage): boolean {
  const purposes = [headers["sec-purpose"], headers["purpose"], headers["x-purpose"], headers["x-moz"]];
  return purposes.some(
    (purpose) => typeof purpose === "string" && /prefetch|prerender|preview/i.test(purpose),
  );
}

function isWebsocketUpgrade({ headers, httpVersion }: IncomingMessage): boolean {
  return (
    headers.upgrade?.toLowerCase() === "websocket" &&
    headers["sec-websocket-version"] === "13" &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers["sec-websocket-key"] ?? "") &&
    httpVersion === "1.1"
  );
}
