import type { IncomingMessage } from "node:http";
import type { IceContext } from "../../calls/ice.ts";
import type { JoinContext } from "../../calls/join.ts";
import type { Client } from "../../calls/ports/admission.ts";
import type { Reply } from "./reply.ts";

/** One request and the response to it. What few handlers need is computed when they read it. */
export class Exchange implements Client {
  readonly request: IncomingMessage;
  readonly reply: Reply;

  constructor(request: IncomingMessage, reply: Reply) {
    this.request = request;
    this.reply = reply;
  }

  /** The IP address of the connection's other end; undefined if the connection has closed. */
  get address(): string | undefined {
    return this.request.socket.remoteAddress;
  }

  get origin(): string | undefined {
    return this.request.headers.origin;
  }

  /** The token of `Authorization: Bearer …` (RFC 6750, section 2.1). */
  get token(): string | undefined {
    return /^Bearer +(\S+)$/i.exec(this.request.headers.authorization ?? "")?.[1];
  }
}

/** What the handlers need. */
export interface HandlerContext extends IceContext, JoinContext {
  /** The largest body of a request, in bytes. */
  readonly bodyLimitBytes: number;
}

/** Handles a request that has passed the gate. `call` is the call that the path names; other paths name none: "". */
export type Handler = (exchange: Exchange, context: HandlerContext, call: string) => Promise<void> | void;
