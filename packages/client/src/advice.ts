import { joinAnewCode, stopCodes } from "webrtc-signals-protocol";
import { SignalsError } from "./errors.ts";
import type { Ended } from "./events.ts";

/** What to do when the websocket closed, by its code: the column «do» of PROTOCOL.md. */
export function adviceOn(code: number): "stop" | "attach" | "join" {
  if (code === joinAnewCode) return "join";
  return stopCodes.includes(code) ? "stop" : "attach";
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
