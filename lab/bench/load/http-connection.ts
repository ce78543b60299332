import type { Socket } from "node:net";
import { openSocket } from "./raw-socket.ts";

/** Hears the answer to one request. */
export type Answered = (status: number, body: string) => void;

/** What becomes of a connection. */
export interface ConnectionEars {
  /** It was closed while nothing was in flight. */
  readonly closed: () => void;
  /** Anything else went wrong on it. */
  readonly failed: (error: Error) => void;
}

/** One keep-alive connection with one request in flight at most. */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #ears: ConnectionEars;
  #answered: Answered | undefined;
  #rest: Buffer | undefined;

  constructor(port: number, ears: ConnectionEars) {
    this.#ears = ears;
    this.#socket = openSocket(port, {
      open: () => {},
      bytes: (bytes) => this.#hear(bytes),
      end: (cause) => {
        if (this.#answered === undefined && cause === undefined) ears.closed();
        else ears.failed(new Error("a connection was closed before its answer", { cause }));
      },
    });
  }

  send(request: Buffer, answered: Answered): void {
    if (this.#answered !== undefined) throw new Error("this connection still waits for an answer");
    this.#answered = answered;
    this.#socket.write(request);
  }

  #hear(heard: Buffer): void {
    const bytes = this.#rest === undefined ? heard : Buffer.concat([this.#rest, heard]);
    const headEnd = bytes.indexOf("\r\n\r\n");
    const head = bytes.toString("latin1", 0, Math.max(0, headEnd));
    const end = headEnd + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (headEnd < 0 || bytes.length < end) {
      this.#rest = bytes === heard ? Buffer.from(bytes) : bytes;
      return;
    }
    this.#rest = undefined;
    const answered = this.#answered;
    this.#answered = undefined;
    if (answered === undefined) return this.#ears.failed(new Error(`an answer to nothing: ${head}`));
    answered(Number(head.slice(9, 12)), end === headEnd + 4 ? "" : bytes.toString("utf8", headEnd + 4, end));
  }
}
