import { TooOldError } from "./node/server.ts";
import { NoMasterError } from "./topology/sentinel.ts";

/** This Redis cannot serve this configuration, now or later: it is too old, or it refuses the credentials. */
export class RedisRefusedError extends Error {
  override readonly name = "RedisRefusedError";
  readonly code = "redis refused";
}

/** Returns the refusal that a failed attempt to connect proves; undefined when a later attempt may succeed. */
export function findRefusal(failure: unknown): RedisRefusedError | undefined {
  const message = explainRefusal(failure);
  return message === undefined ? undefined : new RedisRefusedError(message, { cause: failure });
}

function explainRefusal(failure: unknown): string | undefined {
  if (failure instanceof TooOldError) return failure.message;
  if (failure instanceof NoMasterError)
    return `${failure.message}: check the Sentinels' addresses and password, and the master's name`;
  if (failure instanceof Error && permanent.test(failure.message))
    return `redis refuses us (${failure.message}): check user, password and database`;
  return undefined;
}

/** The beginnings of Redis's errors that only another configuration ends. */
const permanent = /^(WRONGPASS|NOAUTH|NOPERM|ERR DB index|ERR invalid DB|ERR The user executing the script)/;
