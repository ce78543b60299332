import { ErrorReply } from "@redis/client";
import { BackendError } from "../../../calls/ports/backend.ts";

/** Redis's ways to say that it can't decide now: nothing was changed. Whatever else it refuses is a bug of ours. */
const undecided = new Set(
  (
    "LOADING READONLY OOM MISCONF MASTERDOWN BUSY NOREPLICAS CLUSTERDOWN TRYAGAIN " +
    "NOAUTH WRONGPASS NOPERM"
  ).split(" "),
);

/** Turns whatever a command failed with into a `BackendError`, or a bug. The one place that knows the driver's errors. */
export function translate(error: unknown): Error {
  if (!(error instanceof ErrorReply)) return new BackendError("unknown", { cause: error });
  const [word = ""] = error.message.split(" ", 1);
  return undecided.has(word) || isUndecidedInScript(error)
    ? new BackendError("unsent", { cause: error })
    : error;
}

/** Whether the Redis we reached takes no writes: it is a replica now, and the primary is elsewhere. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith("READONLY");
}

export function isUnknownScript(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith("NOSCRIPT");
}

/** A command inside a script meets the limit of memory, or of its user, under other words. */
function isUndecidedInScript({ message }: ErrorReply): boolean {
  return /command not allowed when used memory > 'maxmemory'|The user executing the script can't/.test(
    message,
  );
}
