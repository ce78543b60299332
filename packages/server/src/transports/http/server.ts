import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { endpoints } from "webrtc-signals-protocol";
import type { Reporter } from "../../calls/ports/telemetry.ts";
import type { Upgrade } from "../upgrade.ts";
import { limitConnections, spareConnections } from "./connection-limit.ts";
import { corsHeaders } from "./cors.ts";
import { Exchange, type HandlerContext } from "./exchange.ts";
import { type GateOptions, refusalOf } from "./gate.ts";
import { handlers } from "./handlers.ts";
import { createHttpServer } from "./kit/listener.ts";
import { pathOf } from "./kit/target.ts";
import { refuseUnparsed } from "./refuse-unparsed.ts";
import { Reply } from "./reply.ts";
import { route } from "./route.ts";
import { replyWithFile, type StaticFiles } from "./static-files.ts";

export interface HttpContext extends HandlerContext, GateOptions {
  /** How long a request may take to arrive, headers and body, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How many connections may be open. Requests on further connections are refused with 503. */
  readonly maxConnections: number;
  /** The files that are served under paths that are no endpoint's. */
  readonly files: StaticFiles;
  /** Takes over the connections of accepted upgrades to `GET /ws`. */
  readonly upgrade: Upgrade;
}

/** The HTTP server of the service's own port, and the number of its open connections. */
export interface HttpServer {
  readonly server: Server;
  readonly countConnections: () => number;
}

/** Creates the HTTP server of the service's own port. It does not listen yet. */
export function httpServer(context: HttpContext): HttpServer {
  const { requestTimeoutMs, maxConnections, report } = context;
  const cors = corsHeaders(context.origins);
  const limits = {
    headersTimeoutMs: requestTimeoutMs,
    requestTimeoutMs,
    // Node's default is 30 s. Frequent checks refuse few slow requests at a time, so they do not delay other requests.
    checkIntervalMs: Math.min(100, requestTimeoutMs / 2),
    // Longer than common load balancers keep a connection, so that they close it first and never send a request on a
    // connection that this server is closing.
    keepAliveTimeoutMs: 65_000,
    maxConnections: maxConnections + spareConnections,
  };
  // The gate refuses a request without a Host with a problem; Node would refuse it without a body.
  const server = createHttpServer(
    limits,
    { requireHostHeader: false, shouldUpgradeCallback: isUpgrade },
    handle,
  );
  // A server may ignore an unknown expectation (RFC 9110, section 10.1.1).
  server.on("checkExpectation", handle);
  const { isSurplus, count } = limitConnections(server, maxConnections, report);
  const refuse = refuseUnparsed(server, report);
  server.on("upgrade", (request, socket, head) => {
    context.upgrade(request, socket, head, (detail) => refuse(socket, "malformed", detail));
  });

  /** Any other upgrade is an ordinary request (RFC 9110, section 7.8), and so is a refused one. */
  function isUpgrade(request: IncomingMessage): boolean {
    const target = route(request.url ?? "");
    if (target === "not_found" || "malformed" in target) return false;
    const endpoint = handlers[target.endpoint];
    return (
      endpoint.needsUpgrade &&
      request.method !== "OPTIONS" &&
      refusalOf(request, endpoint, context) === undefined &&
      !isSurplus(request)
    );
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const exchange = new Exchange(request, new Reply(request, response, cors(request), report));
    // The client's next request should reach the process that takes over.
    if (context.draining()) response.shouldKeepAlive = false;
    try {
      const handled = serve(exchange);
      if (handled instanceof Promise) handled.catch((error: unknown) => fail(exchange, error, report));
    } catch (error) {
      fail(exchange, error, report);
    }
  }

  function serve(exchange: Exchange): Promise<void> | void {
    const { request, reply } = exchange;
    if (isSurplus(request)) return reply.refuse(processFull);
    const target = route(request.url ?? "");
    if (target === "not_found") return serveFile(exchange);
    if ("malformed" in target) return reply.refuse({ code: "malformed", detail: target.malformed });
    const endpoint = handlers[target.endpoint];
    const refusal = refusalOf(request, endpoint, context);
    if (refusal !== undefined) return reply.refuse(refusal);
    if (request.method === "OPTIONS") return reply.preflight(endpoint.allow);
    return endpoint.handle(exchange, context, target.call);
  }

  function serveFile(exchange: Exchange): Promise<void> | void {
    const { root, files } = context.files;
    const file = files.get(pathOf(exchange.request.url ?? ""));
    if (file !== undefined) return replyWithFile(exchange, root, file, context);
    exchange.reply.refuse({ code: "not_found", detail: `see ${Object.keys(endpoints).join(", ")}` });
  }
  return { server, countConnections: count };
}

/** Reports an internal error, and responds with 500 if a response is still possible. */
function fail({ reply }: Exchange, error: unknown, report: Reporter): void {
  report({ event: "bug", where: "http", error });
  if (!reply.isStarted && !reply.isLost)
    reply.refuse({ code: "bug", detail: "this is not your fault; it has been logged" });
}

const processFull = {
  code: "process_full",
  detail: "try again soon",
  headers: ["Connection", "close"],
} as const;
