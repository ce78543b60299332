import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Takes a connection that HTTP has let through to `GET /ws`, from HTTP to the websocket endpoint;
 * `refuse` answers what the endpoint finds wrong with its request after all.
 */
export type Upgrade = (
  request: IncomingMessage,
  connection: Duplex,
  head: Buffer,
  refuse: (detail: string) => void,
) => void;
