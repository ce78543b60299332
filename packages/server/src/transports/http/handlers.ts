import { type Endpoint, type EndpointRow, endpoints, type ProblemCode } from "webrtc-signals-protocol";
import type { Handler } from "./exchange.ts";
import { ice } from "./handlers/ice.ts";
import { join } from "./handlers/join.ts";
import { leave } from "./handlers/leave.ts";
import { signal } from "./handlers/signal.ts";
import { refuseMissingUpgrade } from "./handlers/websocket.ts";

/** An endpoint as the server sees it: its row in the protocol, and what follows from the row. */
export interface ServedEndpoint extends EndpointRow {
  readonly handle: Handler;
  /** The methods that a client may use, OPTIONS included. */
  readonly allow: readonly string[];
  readonly servedWhileDraining: boolean;
  readonly servesPrefetch: boolean;
  /** Whether only a websocket upgrade is accepted. */
  readonly needsUpgrade: boolean;
}

/** The handler of each endpoint. */
export const handlers: Readonly<Record<Endpoint, ServedEndpoint>> = {
  "/call/{call}": served("/call/{call}", join),
  "/ws": served("/ws", refuseMissingUpgrade),
  "/signal": served("/signal", signal),
  "/leave": served("/leave", leave),
  "/ice": served("/ice", ice),
};

function served(endpoint: Endpoint, handle: Handler): ServedEndpoint {
  const row: EndpointRow = endpoints[endpoint];
  const refusesWith = (code: ProblemCode): boolean => row.refusals.includes(code);
  return {
    ...row,
    handle,
    allow: [...row.methods, "OPTIONS"],
    servedWhileDraining: !refusesWith("draining"),
    servesPrefetch: !refusesWith("prefetch"),
    needsUpgrade: refusesWith("no_upgrade"),
  };
}
