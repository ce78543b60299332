import { baseOf, nameOf } from "./address.ts";
import { Call } from "./call.ts";
import type { CallOptions } from "./events.ts";

/**
 * Joins a call and resolves when the seat is held by an open websocket. From then on the call keeps
 * itself: it attaches again whenever its websocket breaks, and misses nothing.
 *
 *     const call = await joinCall("https://signals.example", "tea");
 *     for await (const { kind, body } of call) console.log(kind, body);
 *
 * @throws SignalsError `bad_url`, `bad_name`, `call_full`, `forbidden`, `not_signals`, `unreachable`
 */
export async function joinCall(url: string | URL, name: string, options: CallOptions = {}): Promise<Call> {
  const call = new Call(baseOf(url), nameOf(name), options);
  await call.opened;
  return call;
}
