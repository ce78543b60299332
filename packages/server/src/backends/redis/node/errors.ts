import { ErrorReply } from "@redis/client";
import { BackendError } from "../../../calls/ports/backend.ts";

/** Redis's errors that mean that nothing was changed. Any other error is a bug in this service. */
const undecided = new Set(
  (
    "LOADING READONLY OOM MISCONF MASTERDOWN BUSY NOREPLICAS CLUSTERDOWN TRYAGAIN " +
    "NOAUTH WRONGPASS NOPERM"
  ).split(" "),
);

/** Converts a command's error to a `BackendError`; a bug stays as it is. No other file converts the driver's errors. */
export function toBackendError(error: unknown): Error {
  if (!(error instanceof ErrorReply)) return new BackendError("unknown", { cause: error });
  const [word = ""] = error.message.split(" ", 1);
  return undecided.has(word) || isUndecidedInScript(error)
    ? new BackendError("unsent", { cause: error })
    : error;
}

/** Whether this Redis accepts no writes: it is a replica now, and the master is elsewhere. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith("READONLY");
}

export function isUnknownScript(error: unknown): boolean {
  return error instanceof ErrorReply && error.message.startsWith("NOSCRIPT");
}

/** Inside a script, the errors for the memory limit and for a user's rights have other texts. */
function isUndecidedInScript({ message }: ErrorReply): boolean {
  return /command not allowed when used memory > 'maxmemory'|The user executing the script can't/.test(
    message,
  );
}
