import type { Dialect, Peer } from "./dialect.ts";
import { HttpPool } from "./http-pool.ts";
import { Websocket } from "./websocket.ts";

/** One generator process at one server: makes peers, and speaks for them in the server's dialect. */
export class Visitor {
  readonly dialect: Dialect;
  /** Rejects when anything goes wrong that nothing awaits: an answer that is no 200, a connection that broke. */
  readonly failed: Promise<never>;
  readonly #port: number;
  readonly #pool: HttpPool;
  readonly #failing = Promise.withResolvers<never>();
  #made = 0;

  /** `connections` is how many keep-alive connections it has for requests. */
  constructor(dialect: Dialect, port: number, connections: number) {
    this.dialect = dialect;
    this.#port = port;
    this.failed = this.#failing.promise;
    this.#pool = new HttpPool(port, connections, (error) => this.fail(error));
  }

  fail(error: Error): void {
    this.#failing.reject(error);
  }

  /** A name that no other process and no earlier call has. */
  newName(): string {
    this.#made += 1;
    return `${process.pid}-${this.#made}`;
  }

  /** Joins a call, where the dialect has joins. */
  async join(call: string): Promise<Peer> {
    const request = this.dialect.join?.(call);
    return { call, id: this.newName(), session: request === undefined ? "" : await this.ask(request) };
  }

  /** Opens a peer's websocket; resolves when its greeting is over. */
  async attach(peer: Peer): Promise<Websocket> {
    const { path, greeting, keepAlive } = this.dialect;
    const options = { port: this.#port, path: path(peer), greeting: greeting(peer), keepAlive };
    const websocket = new Websocket(options);
    await websocket.ready;
    return websocket;
  }

  /** Sends a request; calls back when it was answered 200. */
  post(request: Buffer, answered: (body: string) => void): void {
    this.#pool.send(request, (status, body) => {
      if (status === 200) answered(body);
      else this.fail(new Error(`answered ${status} ${body}`));
    });
  }

  /** Sends a request; resolves with its answer's body when it was answered 200. */
  readonly ask = (request: Buffer): Promise<string> =>
    new Promise((resolve) => {
      this.post(request, resolve);
    });
}
