import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { EndpointRow } from "webrtc-signals-protocol";
import type { Refusal } from "./refusal.ts";

/** The part of an endpoint's row that says which bodies it accepts. */
export type BodyRule = Pick<EndpointRow, "contentTypes" | "body">;

/** Whether a request has a body, or declares one (RFC 9112, section 6). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Returns the reason why a request's Content-Type is not accepted; undefined if it is. */
export function contentTypeRefusal(
  request: IncomingMessage,
  { contentTypes, body }: BodyRule,
): Refusal | undefined {
  const type = request.headers["content-type"];
  if (type === undefined) return body === "optional" ? undefined : wrongContentType(contentTypes);
  // Most clients send the type exactly, without parameters.
  if (contentTypes.includes(type)) return undefined;
  const mediaType = type.split(";", 1)[0]?.trim().toLowerCase();
  return mediaType !== undefined && contentTypes.includes(mediaType)
    ? undefined
    : wrongContentType(contentTypes);
}

function wrongContentType([preferred]: readonly string[]): Refusal {
  return { code: "wrong_content_type", detail: `send Content-Type: ${preferred}` };
}

/**
 * Reads a request's body, which must be UTF-8. Resolves with a refusal as soon as the body is certain to exceed
 * `limitBytes`, and with `gone` if the connection closes before the body is complete.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | Refusal | "gone"> {
  if (Number(request.headers["content-length"] ?? 0) > limitBytes)
    return Promise.resolve(tooLarge(limitBytes));
  return new Promise((resolve) => {
    // Most bodies arrive in one chunk.
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        request.removeAllListeners("data").resume();
        resolve(tooLarge(limitBytes));
      } else if (first === undefined) first = chunk;
      else if (more === undefined) more = [first, chunk];
      else more.push(chunk);
    });
    request.on("end", () => {
      const body = more === undefined ? (first ?? empty) : Buffer.concat(more);
      resolve(isUtf8(body) ? body : notUtf8);
    });
    request.on("close", () => resolve("gone"));
    request.on("error", () => resolve("gone"));
  });
}

function tooLarge(limitBytes: number): Refusal {
  return { code: "too_large", detail: `a body may have ${limitBytes} bytes` };
}

const notUtf8: Refusal = { code: "malformed", detail: "the body is not UTF-8" };
const empty = Buffer.alloc(0);
