import type { PresenceContext, PresenceDriver } from "../../calls/presence/driver.ts";
import type { EventFrames } from "./frames.ts";
import type { Wheel } from "./wheel.ts";

/** What the websocket endpoint adds to the context of a presence. */
export interface WebsocketContext extends PresenceContext {
  readonly deadlines: Wheel<PresenceDriver>;
  readonly frames: EventFrames;
}
