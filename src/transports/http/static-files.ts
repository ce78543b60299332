import { createHash } from "node:crypto";
import { type GateRules, strangerRefusal } from "./gate.ts";
import type { Exchange } from "./handlers.ts";

/** A file as it is answered; it is held in memory, so that no request reaches the disk. */
export interface StaticFile {
  readonly body: Buffer;
  /** Names this version of the file (RFC 9110, section 8.8.3). */
  readonly etag: string;
  readonly headers: readonly string[];
}

/** Files by the path of their URL, letter for letter: a request can find one, and name no other. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

/** Makes a file of its bytes; `headers` are raw pairs that go with it, beside those every file has. */
export function staticFile(contentType: string, body: Buffer, headers: readonly string[] = []): StaticFile {
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`;
  const own = ["Content-Type", contentType, "X-Content-Type-Options", "nosniff"];
  return { body, etag, headers: [...own, ...headers] };
}

/** Answers `GET` and `HEAD` with a file, or with 304 for who has this version of it. Draining refuses no file. */
export function answerFile({ request, answer }: Exchange, file: StaticFile, rules: GateRules): void {
  const refusal = strangerRefusal(request, rules);
  if (refusal !== undefined) return answer.refuse(refusal.code, refusal.detail);
  if (request.method !== "GET" && request.method !== "HEAD")
    return answer.refuse("method_not_allowed", "use GET or HEAD", ["Allow", "GET, HEAD"]);
  // A copy is asked for anew each time, so that a page and its modules are always of one version.
  const version = ["ETag", file.etag, "Cache-Control", "no-cache"];
  if (holds(request.headers["if-none-match"], file.etag)) return answer.unchanged(version);
  answer.file([...file.headers, ...version], file.body);
}

/** Whether a list of tags has this one, or is `*`; a weak tag will do (RFC 9110, section 13.1.2). */
function holds(list: string | undefined, etag: string): boolean {
  const tags = list?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  return tags.some((tag) => tag === "*" || tag === etag);
}
