import type { Socket } from "node:net";
import { openSocket } from "./raw-socket.ts";

/** Hears the answer to one request. */
export type Answered = (status: number, body: string) => void;

/** One keep-alive connection with one request in flight at most; whatever goes wrong on it ends the run. */
export class HttpConnection {
  private readonly socket: Socket;
  private readonly fail: (error: Error) => void;
  private answered: Answered | undefined;
  private rest: Buffer | undefined;
  private closed = false;

  constructor(port: number, fail: (error: Error) => void) {
    this.fail = fail;
    this.socket = openSocket(port, {
      open: () => {},
      bytes: (bytes) => this.hear(bytes),
      end: (cause) => this.closed || fail(new Error("a connection was closed", { cause })),
    });
  }

  get isFree(): boolean {
    return this.answered === undefined;
  }

  send(request: Buffer, answered: Answered): void {
    if (this.answered !== undefined) throw new Error("this connection still waits for an answer");
    this.answered = answered;
    this.socket.write(request);
  }

  close(): void {
    this.closed = true;
    this.socket.destroy();
  }

  private hear(heard: Buffer): void {
    const bytes = this.rest === undefined ? heard : Buffer.concat([this.rest, heard]);
    const headEnd = bytes.indexOf("\r\n\r\n");
    const head = bytes.toString("latin1", 0, Math.max(0, headEnd));
    const end = headEnd + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (headEnd < 0 || bytes.length < end) {
      this.rest = bytes === heard ? Buffer.from(bytes) : bytes;
      return;
    }
    this.rest = undefined;
    const { answered } = this;
    this.answered = undefined;
    if (answered === undefined) return this.fail(new Error(`an answer to nothing: ${head}`));
    answered(Number(head.slice(9, 12)), end === headEnd + 4 ? "" : bytes.toString("utf8", headEnd + 4, end));
  }
}
