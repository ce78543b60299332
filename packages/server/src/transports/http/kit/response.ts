import type { ServerResponse } from "node:http";

/** Header names and values in turn. `writeHead` writes them as they are, without checking each for duplicates. */
export type RawHeaders = readonly string[];

export const noHeaders: RawHeaders = [];

/** Writes a whole response. `Content-Length` follows from the body; a response without a body gets none. */
export function writeResponse(
  response: ServerResponse,
  status: number,
  headers: RawHeaders,
  body: string | Uint8Array | undefined,
  lastHeaders: RawHeaders,
): void {
  const length = body === undefined ? noHeaders : ["Content-Length", String(Buffer.byteLength(body))];
  response.writeHead(status, [...headers, ...length, ...lastHeaders]);
  response.end(body);
}

/** The headers of the response to a request whose method is not one of these. */
export function allowHeaders(methods: readonly string[]): RawHeaders {
  return ["Allow", methods.join(", ")];
}
