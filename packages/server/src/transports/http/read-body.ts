import type { IncomingMessage } from "node:http";

/** Whether a request has a body, or says so (RFC 9112, section 6). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/**
 * Reads a request's body, up to `limitBytes`. Answers `too_large` as soon as that is certain, and
 * `gone` when the client ends before its body does.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Buffer | "too_large" | "gone"> {
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) return Promise.resolve("too_large");
  return new Promise((resolve) => {
    // Nearly every body comes in one piece.
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        request.removeAllListeners("data").resume();
        resolve("too_large");
      } else if (first === undefined) first = chunk;
      else if (more === undefined) more = [first, chunk];
      else more.push(chunk);
    });
    request.on("end", () => resolve(more === undefined ? (first ?? empty) : Buffer.concat(more)));
    request.on("close", () => resolve("gone"));
    request.on("error", () => resolve("gone"));
  });
}

const empty = Buffer.alloc(0);
