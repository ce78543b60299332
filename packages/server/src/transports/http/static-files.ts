import { mime, send } from "@fastify/send";
import { type GateOptions, strangerRefusal } from "./gate.ts";
import type { Exchange } from "./handlers.ts";

/** Files of one folder, by the path of their URL, letter for letter: a request can find one of these, and name no other. */
export interface StaticFiles {
  /** The folder's absolute path. */
  readonly root: string;
  readonly files: ReadonlyMap<string, StaticFile>;
}

export interface StaticFile {
  /** The path from the root. */
  readonly name: string;
  /** Raw pairs that go with it, beside those every file has. */
  readonly headers: readonly string[];
}

export const noFiles: StaticFiles = { root: "/", files: new Map() };

// RFC 9239; the library's table has the older name.
mime.define({ "text/javascript": ["js"] }, true);

/** Answers `GET` and `HEAD` with a file, or with 304 for who has this version of it. Draining refuses no file. */
export async function answerFile(
  { request, answer }: Exchange,
  root: string,
  file: StaticFile,
  options: GateOptions,
): Promise<void> {
  const refusal = strangerRefusal(request, options);
  if (refusal !== undefined) return answer.refuse(refusal.code, refusal.detail);
  if (request.method !== "GET" && request.method !== "HEAD")
    return answer.refuse("method_not_allowed", "use GET or HEAD", ["Allow", "GET, HEAD"]);
  const found = await send(request, `/${file.name}`, {
    root,
    index: false,
    acceptRanges: false,
    cacheControl: false,
  });
  if (found.type !== "file") return answer.refuse("not_found", "the file is not there any more");
  // A copy is asked for anew each time, so that a page and its modules are always of one version.
  const headers = ["Cache-Control", "no-cache", "X-Content-Type-Options", "nosniff", ...file.headers];
  answer.file(
    found.statusCode,
    [...Object.entries(found.headers).flat().map(String), ...headers],
    found.stream,
  );
}
