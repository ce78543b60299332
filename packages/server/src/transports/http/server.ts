import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Reporter } from "../../calls/ports/telemetry.ts";
import { endpoints, type ProblemCode } from "webrtc-signals-protocol";
import { Answer, corsHeaders, rawRefusal } from "./answer.ts";
import type { Upgrade } from "../upgrade.ts";
import { type GateOptions, refusalOf } from "./gate.ts";
import { type Exchange, type HandlerContext, ice, join, leave, signal } from "./handlers.ts";
import { pathOf, type Route, route } from "./route.ts";
import { answerFile, type StaticFiles } from "./static-files.ts";

export interface HttpContext extends HandlerContext, GateOptions {
  /** How long a request may take to arrive, headers and body, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How many connections may be open; the ones after it are answered 503. */
  readonly maxConnections: number;
  /** What is served where no endpoint is. */
  readonly files: StaticFiles;
  /** Takes the connections let through to `GET /ws`. */
  readonly upgrade: Upgrade;
}

/** Makes the HTTP server of the service's own port; it does not listen yet. */
export function httpServer(context: HttpContext): Server {
  const cors = corsHeaders(context.origins);
  const surplus = new WeakSet<Duplex>();
  const refused = new WeakSet<Duplex>();

  const server = createServer(
    {
      headersTimeout: context.requestTimeoutMs,
      requestTimeout: context.requestTimeoutMs,
      // Node looks for slow requests only every 30 s by default. Often, so that many refused at once delay no others.
      connectionsCheckingInterval: Math.min(100, context.requestTimeoutMs / 2),
      // Longer than common load balancers keep a connection, so that they close first and none meets ours closing.
      keepAliveTimeout: 65_000,
      noDelay: true,
      // A request without a Host is refused by the gate, as every other, and not by Node without a word.
      requireHostHeader: false,
      // What is no upgrade to our websocket is an ordinary request (RFC 9110, section 7.8), refusals included.
      shouldUpgradeCallback: (request) => {
        const target = route(request.url ?? "");
        if (typeof target === "string" || "malformed" in target || target.endpoint !== "/ws") return false;
        return (
          request.method === "GET" && refusalOf(request, "/ws", context) === undefined && !isSurplus(request)
        );
      },
    },
    handle,
  );
  // An expectation that is not known may be ignored (RFC 9110, section 10.1.1).
  server.on("checkExpectation", handle);

  const isSurplus = (request: IncomingMessage): boolean => surplus.has(request.socket);

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const answer = new Answer(request, response, cors, context.report);
    // Whoever asks again is better served by the process that takes over.
    if (context.draining()) response.shouldKeepAlive = false;
    const gone = (): boolean => response.destroyed || request.socket.destroyed;
    const fail = (error: unknown): void => {
      context.report({ event: "bug", where: "http", error });
      if (!response.headersSent && !gone())
        answer.refuse("bug", "this is not your fault; it has been logged");
    };
    try {
      const answered = serve({ request, answer, gone }, route(request.url ?? ""));
      if (answered instanceof Promise) answered.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  function serve(exchange: Exchange, target: Route): Promise<void> | void {
    const { request, answer } = exchange;
    if (isSurplus(request)) return answer.refuse("process_full", "try again soon", ["Connection", "close"]);
    if (target === "nowhere") return serveFile(exchange);
    if ("malformed" in target) return answer.refuse("malformed", target.malformed);
    const { endpoint } = target;
    const refusal = refusalOf(request, endpoint, context);
    if (refusal !== undefined) return answer.refuse(refusal.code, refusal.detail, refusal.headers);
    if (request.method === "OPTIONS") return answer.preflight(endpoints[endpoint].methods);
    switch (endpoint) {
      case "/signal":
        return signal(exchange, context);
      case "/call/{call}":
        return join(exchange, context, target.call);
      case "/leave":
        return leave(exchange, context);
      case "/ice":
        return ice(exchange, context);
      case "/ws":
        // Everything but `Connection: Upgrade`, which a proxy may have taken away.
        return answer.refuse("no_upgrade", "send Connection: Upgrade; a proxy in between must pass it on", [
          "Sec-WebSocket-Version",
          "13",
        ]);
    }
  }

  function serveFile(exchange: Exchange): Promise<void> | void {
    const { root, files } = context.files;
    const file = files.get(pathOf(exchange.request.url ?? ""));
    if (file !== undefined) return answerFile(exchange, root, file, context);
    exchange.answer.refuse("not_found", `see ${Object.keys(endpoints).join(", ")}`);
  }

  let open = 0;
  const closed = (): void => {
    open -= 1;
  };
  server.maxConnections = context.maxConnections + spareConnections;
  server.on("drop", countDropped(context.report));
  server.on("connection", (socket: Socket) => {
    open += 1;
    if (open > context.maxConnections) surplus.add(socket);
    socket.on("close", closed);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const code = clientErrors[error.code ?? ""] ?? "malformed";
    // What follows on a connection that has been refused is no news.
    if (refused.has(socket)) return;
    if (socket.writable && error.code !== "ECONNRESET")
      refuseRaw(socket, code, unreadable[code] ?? error.message);
    else socket.destroy();
  });
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    refuseRaw(socket, "method_not_allowed", `${request.method} asks for a proxy, and this is none`);
  });
  server.on("upgrade", (request, socket, head) => {
    context.upgrade(request, socket, head, (detail) => refuseRaw(socket, "malformed", detail));
  });

  /** Refuses a connection whose request never became one. */
  function refuseRaw(socket: Duplex, code: ProblemCode, detail: string): void {
    refused.add(socket);
    context.report({ event: "refused", problem: code });
    socket.on("error", ignore);
    socket.end(rawRefusal(code, detail));
    // Read to its end, so that the refusal is not lost to a reset; but not for long.
    socket.resume();
    setTimeout(() => socket.destroy(), goodbyeMs).unref();
  }
  return server;
}

/** Reports what is dropped once a second: who drops tens of thousands has no time to write as many lines. */
function countDropped(report: Reporter): () => void {
  let count = 0;
  const tell = (): void => {
    report({ event: "dropped connections", count });
    count = 0;
  };
  return () => {
    count += 1;
    if (count === 1) setTimeout(tell, 1000).unref();
  };
}

function ignore(): void {}

/** How long a client that is refused unread may take to end its side, in milliseconds. */
const goodbyeMs = 1000;

const unreadable: Partial<Record<ProblemCode, string>> = {
  malformed: "this is not HTTP/1.1 (RFC 9112); a target holds only ASCII, everything else percent-encoded",
  headers_too_large: "the headers have over 16 KiB",
  too_slow: "send headers and body without delay",
};

/** Connections that are still let in to be told that the process is full; more are dropped. */
const spareConnections = 32;

const clientErrors: { readonly [code: string]: ProblemCode } = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "too_slow",
};
