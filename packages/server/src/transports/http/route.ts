import { callNameProblem, type Endpoint } from "webrtc-signals-protocol";

/** Where a request's target leads: an endpoint, with the call it names; nowhere; or what is wrong with it. */
export type Route =
  | { readonly endpoint: Exclude<Endpoint, "/call/{call}"> }
  | { readonly endpoint: "/call/{call}"; readonly call: string }
  | "nowhere"
  | { readonly malformed: string };

/**
 * Routes a request target (RFC 9112, section 3.2), never through `URL`, which would eat a call named
 * `..`. A trailing slash is dropped; an empty name, a second segment and `%2F` lead nowhere.
 */
export function route(target: string): Route {
  const path = pathOf(target);
  if (path === "/signal") return { endpoint: "/signal" };
  if (path.startsWith("/call/")) return routeCall(path.slice("/call/".length));
  const endpoint = fixed.find((known) => path === known || path === `${known}/`);
  return endpoint === undefined ? "nowhere" : { endpoint };
}

const fixed = ["/ws", "/signal", "/leave", "/ice"] as const;

/** The path of a request's target as it was sent: neither decoded nor made shorter. */
export function pathOf(target: string): string {
  // The absolute form is what proxies are sent; every server must take it, but not without a host (RFC 9110, section 4.2.1).
  const path = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?#]+/i, "");
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

function routeCall(rest: string): Route {
  const segment = rest.endsWith("/") ? rest.slice(0, -1) : rest;
  if (segment === "" || segment.includes("/") || /%2f/i.test(segment)) return "nowhere";
  const call = decodeSegment(segment);
  if (call === undefined) return { malformed: "the call's name is not percent-encoded UTF-8" };
  const problem = callNameProblem(call);
  return problem === undefined ? { endpoint: "/call/{call}", call } : { malformed: problem };
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
