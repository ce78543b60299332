import { SignalsError } from "./errors.ts";
import type { Ended } from "./events.ts";

/** What RFC 6455 calls a breach, `left`, `flood`, `too large`, `replaced`, `bad handshake`. */
const stops = new Set([1002, 1007, 1000, 1008, 1009, 4001, 4400]);

/** What to do when the websocket closed, by its code: the column «advice» of PROTOCOL.md. */
export function adviceOn(code: number): "stop" | "attach" | "join" {
  if (code === 4409) return "join";
  return stops.has(code) ? "stop" : "attach";
}

/** How a call ended whose websocket closed with a code that says to stop. */
export function endOf(code: number): Ended {
  if (code === 1000) return { reason: "left" };
  if (code === 4001) {
    return {
      reason: "replaced",
      error: new SignalsError("replaced", "the session goes on elsewhere"),
    };
  }
  return { reason: "refused", error: new SignalsError("not_signals", `closed with ${code}`) };
}
