import { type Answer, ask, detailOf } from "./ask.ts";
import { CallFullError, SignalsError, unreachable } from "./errors.ts";
import { backoffMs, wait } from "./wait.ts";

/**
 * Takes a seat and answers its session. Where no server answers it tries `tries` times, backing off.
 * @throws SignalsError `call_full`, `forbidden`, `not_signals`, `unreachable`; the signal's reason
 */
export async function takeSeat(
  url: string,
  name: string,
  introduction: string,
  tries: number,
  signal: AbortSignal,
): Promise<string> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (attempt > 0) await wait(backoffMs(attempt), signal);
    const answer = await ask(`${url}/call/${encodeURIComponent(name)}`, { body: introduction }, signal);
    const session = answer.body?.["session"];
    if (answer.status === 200 && typeof session === "string") return session;
    const refusal = refusalOf(answer, url);
    if (refusal !== undefined) throw refusal;
  }
  throw unreachable(url);
}

/** What makes a join fail for good; no answer, a 5xx and a 429 do not. */
function refusalOf(answer: Answer, url: string): SignalsError | undefined {
  const { status } = answer;
  if (status === 0 || status >= 500 || status === 429) return undefined;
  if (status === 409) return new CallFullError();
  if (status === 401 || status === 403) return new SignalsError("forbidden", detailOf(answer));
  if (answer.body?.["code"]) return new SignalsError("signal_refused", detailOf(answer));
  return new SignalsError("not_signals", `${url} is no signals server, or not its address (${status})`);
}
