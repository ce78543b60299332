import { type Answered, HttpConnection } from "./http-connection.ts";

/** Keep-alive connections that are shared: a request takes a free one, or waits for one. */
export class HttpPool {
  private readonly free: HttpConnection[];
  private readonly all: readonly HttpConnection[];
  private readonly waiting: { readonly request: Buffer; readonly answered: Answered }[] = [];

  constructor(port: number, size: number, fail: (error: Error) => void) {
    this.all = Array.from({ length: size }, () => new HttpConnection(port, fail));
    this.free = [...this.all];
  }

  send(request: Buffer, answered: Answered): void {
    const connection = this.free.pop();
    if (connection === undefined) this.waiting.push({ request, answered });
    else this.sendOn(connection, request, answered);
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }

  private sendOn(connection: HttpConnection, request: Buffer, answered: Answered): void {
    connection.send(request, (status, body) => {
      const next = this.waiting.shift();
      if (next === undefined) this.free.push(connection);
      else this.sendOn(connection, next.request, next.answered);
      answered(status, body);
    });
  }
}
