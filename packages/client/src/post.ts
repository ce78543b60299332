import { ask, detailOf } from "./ask.ts";
import { SeatLostError, SignalsError, SignalUnknownError } from "./errors.ts";
import { backoffMs, wait } from "./wait.ts";

/**
 * Posts a signal until it is decided: what certainly was not heard is sent again, backing off; what
 * may have been is sent again only where it is `repeatable`.
 * @throws SeatLostError, SignalUnknownError, SignalsError `signal_refused`; the signal's reason
 */
export async function postSignal(
  url: string,
  message: object,
  repeatable: boolean,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    const answer = await ask(`${url}/signal`, message, signal);
    const { status, body } = answer;
    if (status === 200) return;
    if (status === 409) throw new SeatLostError();
    if (status >= 400 && status < 500 && status !== 429) {
      throw new SignalsError("signal_refused", detailOf(answer));
    }
    const code = body?.["code"];
    // Any other 5xx, or none of ours, may come from something in between, after it was heard.
    const isUndecided = status === 429 || (status === 503 && typeof code === "string" && code !== "unknown");
    if (!isUndecided && !repeatable) throw new SignalUnknownError();
    await wait(backoffMs(attempt), signal);
  }
}
