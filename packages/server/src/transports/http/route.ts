import { callNameProblem, type Endpoint, endpoints } from "webrtc-signals-protocol";
import { pathOf } from "./kit/target.ts";

/** Where a request's target leads: an endpoint, with the call it names or ""; nowhere; or what is wrong with it. */
export type Route =
  | { readonly endpoint: Endpoint; readonly call: string }
  | "not_found"
  | { readonly malformed: string };

/**
 * Routes a request's target (RFC 9112, section 3.2). It does not use `URL`, which would remove a call named `..`. A
 * trailing slash is ignored. An empty name, a second segment and `%2F` are not found.
 */
export function route(target: string): Route {
  const path = pathOf(target);
  if (path.startsWith(callPrefix)) return routeCall(path.slice(callPrefix.length));
  return fixedRoutes.get(path) ?? "not_found";
}

const callPrefix = "/call/";

/** The routes of the endpoints that name no call, by path, made once. */
const fixedRoutes: ReadonlyMap<string, Route> = new Map(
  Object.keys(endpoints)
    .filter(isFixed)
    .flatMap((endpoint) => {
      const found: Route = { endpoint, call: "" };
      return [
        [endpoint, found],
        [`${endpoint}/`, found],
      ] as const;
    }),
);

function isFixed(path: string): path is Exclude<Endpoint, "/call/{call}"> {
  return path in endpoints && path !== "/call/{call}";
}

function routeCall(rest: string): Route {
  const segment = rest.endsWith("/") ? rest.slice(0, -1) : rest;
  if (segment === "" || segment.includes("/") || /%2f/i.test(segment)) return "not_found";
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
