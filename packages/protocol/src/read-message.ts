import { callNameProblem } from "./call-name.ts";
import type { SequenceNumber } from "./counts.ts";

/** A message a client sent: what all have, checked, and what only some have a use for, as it came. */
export interface ReceivedMessage {
  readonly kind: string;
  readonly call: string;
  readonly session: string;
  readonly body: unknown;
  readonly seq: unknown;
}

/**
 * Reads a client's message (seed, «Message Format») and answers it, or a sentence that says what is
 * wrong with it. `kind`, `call` and `session` must be non-empty strings. Unknown fields are ignored
 * and of a field given twice the last counts, as in the original.
 */
export function readMessage(text: string): ReceivedMessage | string {
  const fields = readObject(text);
  if (typeof fields === "string") return fields;
  const { kind, call, session, body, seq } = fields;
  if (typeof kind !== "string" || kind === "") return "kind must be a non-empty string";
  if (typeof call !== "string") return "call must be a non-empty string";
  const wrongName = callNameProblem(call);
  if (wrongName !== undefined) return wrongName;
  if (typeof session !== "string" || session === "") return "session must be a non-empty string";
  return { kind, call, session, body, seq };
}

/** Reads the one field of `POST /call/{call}`: the introduction, `undefined` where there is none. */
export function readIntroduction(text: string): { readonly body: string | undefined } | string {
  const fields = readObject(text);
  if (typeof fields === "string") return fields;
  const { body } = fields;
  if (body !== undefined && typeof body !== "string") return "body must be a string, the introduction";
  return { body: body === "" ? undefined : body };
}

interface Fields {
  readonly [name: string]: unknown;
}

function readObject(text: string): Fields | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "not valid JSON";
  }
  if (!isObject(value)) return "not a JSON object";
  // Only an escape can make a lone surrogate: the bytes were valid UTF-8.
  if (text.includes("\\u") && !wellFormedThroughout(value))
    return "holds a lone surrogate, so it is not Unicode text";
  return value;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value can be a sequence number: a whole number from 0 to 2^53 − 1. */
export function isSequenceNumber(value: unknown): value is SequenceNumber {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** Walks without recursion, since JSON may be nested deeper than the stack. */
function wellFormedThroughout(root: object): boolean {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "string" && !value.isWellFormed()) return false;
    if (typeof value !== "object" || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!key.isWellFormed()) return false;
      open.push(inner);
    }
  }
  return true;
}
