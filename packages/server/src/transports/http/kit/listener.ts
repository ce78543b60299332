import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { hostAndPort } from "../../../host-port.ts";

/** The limits of one HTTP server. */
export interface ServerLimits {
  /** How long the headers of a request may take to arrive, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** How long a whole request may take to arrive, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Interval between Node's checks of these two timeouts, in milliseconds. */
  readonly checkIntervalMs: number;
  /** How long an idle connection stays open, in milliseconds. */
  readonly keepAliveTimeoutMs: number;
  /** How many connections may be open. Node closes any further connection without reading from it. */
  readonly maxConnections: number;
}

/** The address that a server listens on: without a host, on every interface. */
export interface ListenAddress {
  readonly host?: string | undefined;
  /** 0: any free port. */
  readonly port: number;
}

/** The largest headers of a request, in bytes: Node's default. */
export const maxHeaderBytes = 16 * 1024;

/** Creates an HTTP server with its limits. It does not listen yet. */
export function createHttpServer(
  limits: ServerLimits,
  options: Pick<ServerOptions, "requireHostHeader" | "shouldUpgradeCallback">,
  onRequest: RequestListener,
): Server {
  const server = createServer(
    {
      ...options,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      maxHeaderSize: maxHeaderBytes,
      noDelay: true,
    },
    onRequest,
  );
  server.maxConnections = limits.maxConnections;
  return server;
}

/**
 * Starts to listen and returns the server's URL, without a trailing slash.
 * @throws the system's error, such as EADDRINUSE.
 */
export async function listen(server: Server, { host, port }: ListenAddress): Promise<string> {
  await once(server.listen({ host, port }), "listening");
  const address = server.address();
  return urlOf(host, typeof address === "object" && address !== null ? address.port : port);
}

/** The URL of a server that listens on `host`: on `localhost` if it listens on every interface. */
export function urlOf(host: string | undefined, port: number): string {
  if (host === undefined || ["", "0.0.0.0", "::"].includes(host)) return `http://localhost:${port}`;
  return `http://${hostAndPort(host, port)}`;
}
