import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** What stands before the servers, as in any deployment: each new connection goes to the next one that takes it. */
export class Balancer {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #ports: readonly number[] = [];
  #turn = 0;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
    server.on("connection", (client: Socket) => this.#join(client, this.#ports.length));
  }

  static async start(): Promise<Balancer> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return new Balancer(server, `http://127.0.0.1:${address.port}`);
  }

  /** Where new connections go from now on; those there are stay. */
  serve(urls: readonly string[]): void {
    this.#ports = urls.map((url) => Number(new URL(url).port));
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket, tries: number): void {
    const port = this.#ports[(this.#turn += 1) % this.#ports.length];
    client.on("error", () => {});
    if (port === undefined || tries === 0) return void client.destroy();
    const upstream = connect(port, "127.0.0.1");
    upstream.once("error", () => this.#join(client, tries - 1));
    upstream.once("connect", () => {
      upstream.removeAllListeners("error");
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.#sockets.add(socket);
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          this.#sockets.delete(socket);
          // What was read is written first.
          if (socket.readableEnded) other.end();
          else other.destroy();
        });
        socket.pipe(other);
      }
    });
  }
}
