import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** One connection through the proxy. */
interface Pipe {
  readonly client: Socket;
  readonly upstream: Socket;
  /** What the client has sent so far, to tell connections apart by. */
  said: string;
}

/** A TCP proxy of loopback that can fall silent, without a FIN, and change what the server says. */
export class TcpProxy {
  readonly port: number;
  /** Where new connections go. */
  target: number;
  /** The connection whose client says this word is cut in place of its answer, once. */
  cutOn: string | undefined;
  readonly #server: Server;
  readonly #change: (bytes: Buffer) => Buffer;
  readonly #pipes = new Set<Pipe>();
  #still = false;

  private constructor(server: Server, port: number, target: number, change: (bytes: Buffer) => Buffer) {
    this.#server = server;
    this.port = port;
    this.target = target;
    this.#change = change;
    server.on("connection", (client: Socket) => this.#join(client));
  }

  static async start(
    target: number,
    change: (bytes: Buffer) => Buffer = (bytes) => bytes,
  ): Promise<TcpProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return new TcpProxy(server, address.port, target, change);
  }

  get addr(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Passes nothing on any more, in either direction, on the connections whose client has said what `match` takes. */
  silence(match: (said: string) => boolean): number {
    const silenced = [...this.#pipes].filter(({ said }) => match(said.toLowerCase()));
    for (const { client, upstream } of silenced) {
      client.pause();
      upstream.pause();
    }
    return silenced.length;
  }

  /** Holds everything back, on new connections too, until `goOn`: nothing is lost and nothing comes. */
  standStill(): void {
    this.#still = true;
    for (const { client, upstream } of this.#pipes) {
      client.pause();
      upstream.pause();
    }
  }

  goOn(): void {
    this.#still = false;
    for (const { client, upstream } of this.#pipes) {
      client.resume();
      upstream.resume();
    }
  }

  /** Cuts every connection there is. */
  cut(): void {
    for (const { client, upstream } of this.#pipes) {
      client.destroy();
      upstream.destroy();
    }
  }

  close(): void {
    this.#server.close();
    this.cut();
  }

  #join(client: Socket): void {
    const upstream = connect(this.target, "127.0.0.1");
    const pipe: Pipe = { client, upstream, said: "" };
    this.#pipes.add(pipe);
    client.on("data", (bytes) => {
      pipe.said += String(bytes);
      upstream.write(bytes);
    });
    upstream.on("data", (bytes: Buffer) => {
      if (this.cutOn !== undefined && pipe.said.includes(this.cutOn)) {
        this.cutOn = undefined;
        client.destroy();
      } else client.write(this.#change(bytes));
    });
    if (this.#still) {
      client.pause();
      upstream.pause();
    }
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#pipes.delete(pipe);
        other.destroy();
      });
    }
  }
}
