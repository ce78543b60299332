import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { ProblemCode } from "webrtc-signals-protocol";
import type { Reporter } from "../../calls/ports/telemetry.ts";
import { maxHeaderBytes } from "./kit/listener.ts";
import { rawRefusal } from "./reply.ts";

/**
 * Refuses what Node passes on as a socket and not as a request: bytes that are not HTTP, requests over a limit, and
 * CONNECT. Returns the function that refuses the request of such a socket.
 */
export function refuseUnparsed(
  server: Server,
  report: Reporter,
): (socket: Duplex, code: ProblemCode, detail: string) => void {
  const refused = new WeakSet<Duplex>();

  function refuse(socket: Duplex, code: ProblemCode, detail: string): void {
    refused.add(socket);
    report({ event: "refused", problem: code });
    socket.on("error", ignore);
    socket.end(rawRefusal(code, detail));
    // Unread bytes would cause a reset, and the client could lose the refusal. Read them, but not for long.
    socket.resume();
    setTimeout(() => socket.destroy(), refusedReadMs).unref();
  }

  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const code = clientErrors[error.code ?? ""] ?? "malformed";
    // Ignore further errors of a connection that has been refused.
    if (refused.has(socket)) return;
    if (socket.writable && error.code !== "ECONNRESET") refuse(socket, code, details[code] ?? error.message);
    else socket.destroy();
  });
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    refuse(socket, "method_not_allowed", `${request.method} asks for a proxy, and this is none`);
  });
  return refuse;
}

/** How long a refused client may take to end its side of the connection, in milliseconds. */
const refusedReadMs = 1000;

const clientErrors: { readonly [code: string]: ProblemCode } = {
  HPE_HEADER_OVERFLOW: "headers_too_large",
  ERR_HTTP_REQUEST_TIMEOUT: "too_slow",
};

const details: Partial<Record<ProblemCode, string>> = {
  malformed: "this is not HTTP/1.1 (RFC 9112); a target holds only ASCII, everything else percent-encoded",
  headers_too_large: `the headers have over ${maxHeaderBytes / 1024} KiB`,
  too_slow: "send headers and body without delay",
};

function ignore(): void {}
