import type { IncomingMessage } from "node:http";
import { type Endpoint, endpoints, type ProblemCode } from "webrtc-signals-protocol";
import { allowsOrigin, type Origins } from "../origins.ts";

/** What a process lets in. */
export interface GateOptions {
  readonly origins: Origins;
  /** Whether this process is about to stop: then it takes no new work. */
  readonly draining: () => boolean;
}

/** Why a request is not let through to its endpoint; `headers` go with the answer. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly headers?: readonly string[];
}

/** Everything that is checked before an endpoint looks at a request, in this order. */
export function refusalOf(
  request: IncomingMessage,
  endpoint: Endpoint,
  options: GateOptions,
): Refusal | undefined {
  const stranger = strangerRefusal(request, options);
  if (stranger !== undefined) return stranger;
  const { method = "" } = request;
  const { methods }: { methods: readonly string[] } = endpoints[endpoint];
  if (method !== "OPTIONS" && !methods.includes(method)) {
    const allow = [...methods, "OPTIONS"].join(", ");
    return { code: "method_not_allowed", detail: `use ${methods.join(" or ")}`, headers: ["Allow", allow] };
  }
  if (method === "OPTIONS") return undefined;
  if (isCrossSite(request) && options.origins !== "*") {
    return {
      code: "foreign_origin",
      detail: "a page of another site may not have its user's browser ask this",
    };
  }
  if (endpoint === "/call/{call}" && isPrefetch(request)) {
    return { code: "prefetch", detail: "join when the user does, not ahead of it" };
  }
  if (options.draining() && (endpoint === "/call/{call}" || endpoint === "/ws")) {
    return { code: "draining", detail: "this process is about to stop; try again, another one serves" };
  }
  if (endpoint === "/ws" && !isWebsocketUpgrade(request)) {
    const detail = "open a websocket here, version 13 (RFC 6455, section 4.2.1)";
    return { code: "no_upgrade", detail, headers: ["Sec-WebSocket-Version", "13"] };
  }
  return undefined;
}

/** What is checked whatever is asked for: that a request says which host it means, and comes from no foreign page. */
export function strangerRefusal(
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
 * What a foreign page has its browser load as an image, a frame or a link comes without an Origin, and would take a seat
 * all the same; but browsers say where it comes from (Fetch Metadata), to HTTPS and to localhost.
 */
function isCrossSite({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined && headers["sec-fetch-site"] === "cross-site";
}

/** A browser that loads ahead says so: Sec-Purpose (Fetch standard), and its forerunners. */
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
