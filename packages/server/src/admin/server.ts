import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { closeServer } from "../transports/http/kit/close.ts";
import { createHttpServer, listen, type ListenAddress } from "../transports/http/kit/listener.ts";
import { allowHeaders, noHeaders, writeResponse } from "../transports/http/kit/response.ts";
import { pathOf, queryOf } from "../transports/http/kit/target.ts";
import { type Health, type PageResponse, refuse } from "./page.ts";
import { findPage } from "./pages.ts";
import { firstLine, holdHeapSampler } from "./profiler.ts";

/** The address of the admin port, and the state that its pages show. */
export interface AdminOptions extends ListenAddress {
  readonly health: Health;
}

/** A running admin server. */
export interface Admin {
  /** Its URL, without a trailing slash. */
  readonly url: string;
  /**
   * Stops listening, stops a CPU profile, and closes idle connections immediately and the others when their responses
   * are complete, after 2 s at the latest. A second call waits for the first.
   */
  close(): Promise<void>;
}

/** A request here has a short head and no body. */
const limits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  checkIntervalMs: 1_000,
  keepAliveTimeoutMs: 5_000,
  // Far more than probes and people need. A flood on this port must not exhaust the descriptors that peers need.
  maxConnections: 256,
};
/** Longer than the slowest page, a health check of a backend that hangs, takes to respond. */
const closeGraceMs = 2_000;

/** Serves the admin pages. Rejects when it can't listen. */
export async function startAdmin({ host, port, health }: AdminOptions): Promise<Admin> {
  const releaseSampler = await holdHeapSampler();
  const inFlight = new Set<AbortController>();
  const server = createHttpServer(limits, {}, (request, response) => {
    const gone = new AbortController();
    inFlight.add(gone);
    response.once("close", () => {
      inFlight.delete(gone);
      gone.abort();
      if (!server.listening) closeIfIdle(server, inFlight);
    });
    void responseTo(request, health, gone.signal).then((page) => writePage(response, page, server.listening));
  });
  let url: string;
  try {
    url = await listen(server, { host, port });
  } catch (error) {
    releaseSampler();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return { url, close: () => (closing ??= closeAdmin(server, inFlight).then(releaseSampler)) };
}

async function responseTo(
  request: IncomingMessage,
  health: Health,
  gone: AbortSignal,
): Promise<PageResponse> {
  const target = request.url ?? "/";
  const page = findPage(pathOf(target) || "/");
  if (page === undefined) return refuse("not found", "/debug lists the pages there are");
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse("method not allowed", "only GET and HEAD are", allowHeaders(["GET", "HEAD"]));
  try {
    const query = new URLSearchParams(queryOf(target));
    return await page.respond({ headOnly: request.method === "HEAD", query, gone, health });
  } catch (error) {
    return refuse("internal error", firstLine(error));
  }
}

/** No cache may keep a page, since each shows the current state. While closing, a connection ends with its response. */
function writePage(
  response: ServerResponse,
  { status, headers, body }: PageResponse,
  keepAlive: boolean,
): void {
  const all = [...headers, "Cache-Control", "no-store", "X-Content-Type-Options", "nosniff"];
  writeResponse(response, status, all, body, keepAlive ? noHeaders : ["Connection", "close"]);
}

async function closeAdmin(server: Server, inFlight: Set<AbortController>): Promise<void> {
  const closed = closeServer(server, closeGraceMs);
  for (const gone of inFlight) gone.abort();
  closeIfIdle(server, inFlight);
  await closed;
}

/** A graceful close alone would wait for clients that have sent half a request. */
function closeIfIdle(server: Server, inFlight: Set<AbortController>): void {
  if (inFlight.size === 0) server.closeAllConnections();
}
