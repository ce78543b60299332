import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { refuse } from "./page.ts";
import type { Answer, Health } from "./page.ts";
import { findPage } from "./pages.ts";
import { firstLine, holdHeapSampler } from "./profiler.ts";
import { urlOf } from "./url-of.ts";

/** Where the admin pages are served, and what they ask. */
export type AdminOptions = {
  /** An address or name to listen on; undefined means every interface. */
  host: string | undefined;
  /** 0 takes a free port, which `Admin.url` then tells. */
  port: number;
  health: Health;
};

/** A running admin server. */
export type Admin = {
  /** Where it is reached, without a trailing slash. */
  url: string;
  /**
   * Stops listening, stops a CPU profile, ends idle connections at once and the others when they have their answer,
   * at the latest 2 s later. A second call waits for the first.
   */
  close(): Promise<void>;
};

/** Requests here are one short head. Node looks at the two deadlines only every `connectionsCheckingInterval`. */
const limits = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 5_000,
};
/** Far more than probes and people need; what floods this port must not take the peers' descriptors. */
const maxConnections = 256;
/** Longer than the slowest page, a health check whose backend hangs, takes to answer. */
const closeGraceMs = 2_000;

/** Serves the admin pages. Rejects when it can't listen. */
export async function startAdmin({ host, port, health }: AdminOptions): Promise<Admin> {
  const releaseSampler = await holdHeapSampler();
  const inFlight = new Set<AbortController>();
  const server = createServer(limits, (request, response) => {
    const gone = new AbortController();
    inFlight.add(gone);
    response.once("close", () => {
      inFlight.delete(gone);
      gone.abort();
      if (!server.listening) endWhenQuiet(server, inFlight);
    });
    void answer(request, health, gone.signal).then((ready) => send(response, ready, server.listening));
  });
  server.maxConnections = maxConnections;
  try {
    await once(server.listen({ host, port }), "listening");
  } catch (error) {
    releaseSampler();
    throw error;
  }
  const address = server.address();
  let closing: Promise<void> | undefined;
  return {
    url: urlOf(host, typeof address === "object" && address !== null ? address.port : port),
    close: () => (closing ??= closeServer(server, inFlight).then(releaseSampler)),
  };
}

async function answer(request: IncomingMessage, health: Health, gone: AbortSignal): Promise<Answer> {
  const { path, query } = splitTarget(request.url ?? "/");
  const page = findPage(path);
  if (page === undefined) return refuse("not found", "/debug lists the pages there are");
  if (request.method !== "GET" && request.method !== "HEAD") {
    const refusal = refuse("method not allowed", "only GET and HEAD are");
    return { ...refusal, headers: { ...refusal.headers, Allow: "GET, HEAD" } };
  }
  try {
    return await page.answer({ headOnly: request.method === "HEAD", query, gone, health });
  } catch (error) {
    return refuse("internal error", firstLine(error));
  }
}

/** Takes the absolute form too (`GET http://host/path`), as a server must (RFC 9112 section 3.2.2). */
function splitTarget(target: string): { path: string; query: URLSearchParams } {
  const [path = "", query] = target.replace(/^https?:\/\/[^/?]*/i, "").split("?", 2);
  return { path: path === "" ? "/" : path, query: new URLSearchParams(query) };
}

/** Every page tells of this instant, so none may be stored. While closing, a connection ends with its answer. */
function send(response: ServerResponse, { status, headers, body }: Answer, keepAlive: boolean): void {
  response.writeHead(status, {
    ...headers,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...(body === undefined ? {} : { "Content-Length": Buffer.byteLength(body) }),
    ...(keepAlive ? {} : { Connection: "close" }),
  });
  response.end(body);
}

async function closeServer(server: Server, inFlight: Set<AbortController>): Promise<void> {
  const grace = setTimeout(() => server.closeAllConnections(), closeGraceMs);
  const closed = once(server.close(), "close");
  for (const gone of inFlight) gone.abort();
  endWhenQuiet(server, inFlight);
  await closed;
  clearTimeout(grace);
}

/** `close` alone would wait for whoever has sent half a request. */
function endWhenQuiet(server: Server, inFlight: Set<AbortController>): void {
  if (inFlight.size === 0) server.closeAllConnections();
}
