import { mime, send } from "@fastify/send";
import type { Exchange } from "./exchange.ts";
import { type GateOptions, originRefusal } from "./gate.ts";
import { allowHeaders, type RawHeaders } from "./kit/response.ts";

/** Files of one folder, by the exact path of their URL. A request can find only these. */
export interface StaticFiles {
  /** The folder's absolute path. */
  readonly root: string;
  readonly files: ReadonlyMap<string, StaticFile>;
}

export interface StaticFile {
  /** The path from the root. */
  readonly name: string;
  /** Headers of the response, in addition to those of every file. */
  readonly headers: RawHeaders;
}

export const noFiles: StaticFiles = { root: "/", files: new Map() };

// RFC 9239. The library's table has the older type.
mime.define({ "text/javascript": ["js"] }, true);

/** Responds to `GET` and `HEAD` with a file, or with 304 if the client has its current version, also while draining. */
export async function replyWithFile(
  { request, reply }: Exchange,
  root: string,
  file: StaticFile,
  options: GateOptions,
): Promise<void> {
  const refusal = originRefusal(request, options);
  if (refusal !== undefined) return reply.refuse(refusal);
  if (request.method !== "GET" && request.method !== "HEAD") {
    const headers = allowHeaders(["GET", "HEAD"]);
    return reply.refuse({ code: "method_not_allowed", detail: "use GET or HEAD", headers });
  }
  const found = await send(request, `/${file.name}`, {
    root,
    index: false,
    acceptRanges: false,
    cacheControl: false,
  });
  // The library has opened the file already; the client might have closed the connection meanwhile.
  if (reply.isLost) return void found.stream.destroy();
  if (found.statusCode === 404) {
    found.stream.destroy();
    return reply.refuse({ code: "not_found", detail: "the file is not there any more" });
  }
  // Browsers must revalidate a copy on each use, so that a page and its modules always have the same version.
  const headers = ["Cache-Control", "no-cache", "X-Content-Type-Options", "nosniff", ...file.headers];
  reply.file(
    found.statusCode,
    [...Object.entries(found.headers).flat().map(String), ...headers],
    found.stream,
  );
}
