import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Takes over the connection of an accepted upgrade to `GET /ws`, from HTTP to the websocket endpoint. The endpoint
 * calls `refuse` if it rejects the request after all.
 */
export type Upgrade = (
  request: IncomingMessage,
  connection: Duplex,
  head: Buffer,
  refuse: (detail: string) => void,
) => void;
