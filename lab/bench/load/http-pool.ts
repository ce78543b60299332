import { type Answered, HttpConnection } from "./http-connection.ts";

/**
 * Keep-alive connections that are shared: a request takes the free one that was used last, opens another one where that is
 * allowed, or waits. A server may close one that stays idle.
 */
export class HttpPool {
  readonly #port: number;
  readonly #size: number;
  readonly #fail: (error: Error) => void;
  readonly #all = new Set<HttpConnection>();
  #free: HttpConnection[] = [];
  readonly #waiting: { readonly request: Buffer; readonly answered: Answered }[] = [];

  constructor(port: number, size: number, fail: (error: Error) => void) {
    this.#port = port;
    this.#size = size;
    this.#fail = fail;
  }

  send(request: Buffer, answered: Answered): void {
    const connection = this.#free.pop() ?? this.#opened();
    if (connection === undefined) this.#waiting.push({ request, answered });
    else this.#sendOn(connection, request, answered);
  }

  #opened(): HttpConnection | undefined {
    if (this.#all.size >= this.#size) return undefined;
    const connection = new HttpConnection(this.#port, {
      closed: () => {
        this.#all.delete(connection);
        this.#free = this.#free.filter((one) => one !== connection);
      },
      failed: this.#fail,
    });
    this.#all.add(connection);
    return connection;
  }

  #sendOn(connection: HttpConnection, request: Buffer, answered: Answered): void {
    connection.send(request, (status, body) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(connection);
      else this.#sendOn(connection, next.request, next.answered);
      answered(status, body);
    });
  }
}
