import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** One answer, as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A request as a test wants it: nothing is normalised, added or refused but what is named here. */
export interface RawRequest {
  readonly method?: string;
  readonly target: string | Buffer;
  /** Beside `Host`, and `Content-Length` where there is a body and no Transfer-Encoding. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Asks once, on a connection of its own, and answers the answer. */
export async function ask(url: string, request: RawRequest): Promise<RawAnswer> {
  const connection = await RawConnection.open(url);
  connection.send(requestBytes(request));
  const answer = await connection.answer(request.method === "HEAD");
  connection.socket.destroy();
  return answer;
}

/** Posts text or bytes as `application/json`. */
export function askJson(url: string, target: string, body: string | Uint8Array): Promise<RawAnswer> {
  return ask(url, { method: "POST", target, headers: { "Content-Type": "application/json" }, body });
}

/** The bytes of a request. Text is UTF-8; a target that must hold other bytes is a Buffer. */
export function requestBytes({ method = "GET", target, headers = {}, body }: RawRequest): Buffer {
  const all: Record<string, string> = { Host: "signals.test", ...headers };
  if (body !== undefined && all["Transfer-Encoding"] === undefined)
    all["Content-Length"] ??= String(Buffer.byteLength(body));
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const parts = [`${method} `, target, ` HTTP/1.1\r\n${lines.join("")}\r\n`, body ?? ""];
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** A body in chunks (RFC 9112, section 7.1). */
export function chunked(...chunks: readonly string[]): string {
  const framed = chunks.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`);
  return `${framed.join("")}0\r\n\r\n`;
}

/** Checks that an answer is a refusal, whole and of one shape (RFC 9457), and answers its detail. */
export function assertProblem({ status, headers, body }: RawAnswer, expected: number, code: string): string {
  assert.equal(status, expected, body);
  assert.equal(headers.get("content-type"), "application/problem+json");
  const problem: Record<string, unknown> = JSON.parse(body);
  assert.deepEqual(Object.keys(problem).toSorted(), ["code", "detail", "status", "title", "type"]);
  assert.equal(problem["status"], expected);
  assert.equal(problem["code"], code);
  assert.equal(problem["type"], "about:blank");
  assert.ok(typeof problem["title"] === "string" && problem["title"] !== "");
  const { detail } = problem;
  assert.ok(typeof detail === "string" && detail !== "");
  return detail;
}

/** A TCP connection that sends exactly what a test gives it, keeps all it gets, and never ends by itself. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves when the server has ended the connection, politely or not. */
  readonly over: Promise<void>;
  #got = Buffer.alloc(0);
  #ended = false;
  readonly #wakers = new Set<() => void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.#got = Buffer.concat([this.#got, chunk]);
      this.#wake();
    });
    this.over = new Promise((resolve) => {
      const end = (): void => {
        this.#ended = true;
        resolve();
        this.#wake();
      };
      socket.on("end", end);
      socket.on("close", end);
    });
    socket.on("error", () => {});
  }

  /** Connects; the client's side stays open when the server ends its own. */
  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    const connection = new RawConnection(socket);
    await once(socket, "connect");
    return connection;
  }

  /** Opens a websocket by hand. */
  static async upgrade(url: string, more: Buffer = Buffer.alloc(0)): Promise<RawConnection> {
    const connection = await RawConnection.open(url);
    connection.send(Buffer.concat([requestBytes({ target: "/ws", headers: upgradeHeaders }), more]));
    const { status, body } = await connection.answer();
    if (status !== 101) throw new Error(`the upgrade answered ${status} ${body}`);
    return connection;
  }

  send(data: string | Buffer): void {
    this.socket.write(data);
  }

  /** The next answer; `headOnly` for the one to a HEAD. Fails when the connection ends before. */
  async answer(headOnly = false): Promise<RawAnswer> {
    const end = await this.#found(() => this.#got.indexOf("\r\n\r\n") + 1);
    const [statusLine = "", ...lines] = this.#got.toString("latin1", 0, end - 1).split("\r\n");
    const headers = new Headers();
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    this.#got = this.#got.subarray(end + 3);
    const length = headOnly ? 0 : Number(headers.get("content-length") ?? 0);
    const body = (await this.take(length)).toString();
    return { status: Number(statusLine.split(" ")[1]), headers, body };
  }

  /** The next `count` bytes. */
  async take(count: number): Promise<Buffer> {
    await this.#found(() => this.#got.length >= count);
    const taken = this.#got.subarray(0, count);
    this.#got = this.#got.subarray(count);
    return taken;
  }

  /** Everything not yet taken. */
  get rest(): Buffer {
    return this.#got;
  }

  /** The next websocket frame: its opcode and payload. */
  async frame(): Promise<{ readonly opcode: number; readonly payload: Buffer }> {
    const [first = 0, second = 0] = await this.take(2);
    const short = second & 0x7f;
    const length =
      short === 126
        ? (await this.take(2)).readUInt16BE()
        : short === 127
          ? Number((await this.take(8)).readBigUInt64BE())
          : short;
    return { opcode: first & 0x0f, payload: await this.take(length) };
  }

  /** The next close frame, whatever comes before it. */
  async closeFrame(): Promise<{ readonly code: number; readonly reason: string }> {
    for (;;) {
      const { opcode, payload } = await this.frame();
      if (opcode === opcodes.close)
        return { code: payload.readUInt16BE(), reason: payload.toString("utf8", 2) };
    }
  }

  async #found(look: () => number | boolean): Promise<number> {
    for (;;) {
      const found = Number(look());
      if (found > 0) return found;
      if (this.#ended) throw new Error(`the connection ended after ${JSON.stringify(this.#got.toString())}`);
      await new Promise<void>((resolve) => this.#wakers.add(resolve));
    }
  }

  #wake(): void {
    for (const waker of this.#wakers) waker();
    this.#wakers.clear();
  }
}

/** What turns a GET into a websocket (RFC 6455, section 4.1). */
export const upgradeHeaders: Readonly<Record<string, string>> = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version": "13",
};

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a client sends it, masked with zeros unless told otherwise (RFC 6455, section 5.2). */
export function frame(
  opcode: number,
  payload: string | Buffer,
  { fin = true, masked = true }: { readonly fin?: boolean; readonly masked?: boolean } = {},
): Buffer {
  const data = Buffer.from(payload);
  const mask = masked ? 0x80 : 0;
  const head = [(fin ? 0x80 : 0) | opcode];
  if (data.length < 126) head.push(mask | data.length);
  else if (data.length < 0x10000) head.push(mask | 126, data.length >> 8, data.length & 0xff);
  else throw new RangeError("no test needs a longer frame");
  return Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), data]);
}
