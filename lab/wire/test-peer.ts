import { once } from "node:events";
import { WebSocket } from "ws";
import type { Message } from "webrtc-signals-protocol";

/** What a join answers, as the handshake wants it. */
export interface Ticket {
  readonly kind: "JOIN";
  readonly call: string;
  readonly session: string;
}

/** How a websocket ended. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** Joins a call as the seed has it, and fails when there is no seat. */
export async function join(url: string, call: string, introduction?: string): Promise<Ticket> {
  const target = `${url}/call/${encodeURIComponent(call)}`;
  const body = introduction === undefined ? null : JSON.stringify({ body: introduction });
  const response = await fetch(target, introduction === undefined ? {} : { method: "POST", body });
  if (response.status !== 200) throw new Error(`join answered ${response.status} ${await response.text()}`);
  return JSON.parse(await response.text());
}

/** Posts a message to `/signal`, `/leave` or `/ice` and answers the response. */
export function post(url: string, path: "/signal" | "/leave" | "/ice", message: object): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(url + path, { method: "POST", headers, body: JSON.stringify(message) });
}

/** Posts a signal for a ticket's holder and answers the status. */
export async function signal(url: string, ticket: Ticket, kind: string, body: string): Promise<number> {
  const response = await post(url, "/signal", { ...ticket, kind, body });
  await response.arrayBuffer();
  return response.status;
}

/** Leaves and answers the status. */
export async function leave(url: string, ticket: Ticket): Promise<number> {
  const response = await post(url, "/leave", { ...ticket, kind: "LEAVE" });
  await response.arrayBuffer();
  return response.status;
}

/**
 * A websocket that keeps everything it hears, in order, until it is asked for: nothing is missed,
 * and waiting is waiting for an event. `next` fails when the websocket ends first.
 */
export class TestPeer {
  readonly socket: WebSocket;
  /** Everything heard, in order. */
  readonly heard: Message[] = [];
  /** The payloads of the pings heard. */
  readonly pings: string[] = [];
  readonly closed: Promise<Close>;
  #taken = 0;
  readonly #wakers = new Set<() => void>();
  #ended: Close | undefined;

  constructor(url: string, options: { readonly autoPong?: boolean; readonly origin?: string } = {}) {
    this.socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, options);
    this.socket.on("message", (data: Buffer) => {
      this.heard.push(JSON.parse(data.toString()));
      this.#wake();
    });
    this.socket.on("ping", (data: Buffer) => {
      this.pings.push(data.toString());
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on("close", (code, reason) => {
        this.#ended = { code, reason: reason.toString() };
        resolve(this.#ended);
        this.#wake();
      });
    });
    this.socket.on("error", () => {});
  }

  /** Opens a websocket and shakes hands with a ticket; resolves when WELCOME is there. */
  static async attach(url: string, ticket: Ticket, seq?: number): Promise<TestPeer> {
    const peer = await TestPeer.knock(url, ticket, seq);
    const first = await peer.next();
    if (first.kind !== "WELCOME") throw new Error(`the first frame is ${first.kind}`);
    return peer;
  }

  /** Opens a websocket and sends the handshake, whatever comes of it. */
  static async knock(url: string, ticket: object, seq?: number): Promise<TestPeer> {
    const peer = new TestPeer(url);
    await once(peer.socket, "open");
    peer.socket.send(JSON.stringify(seq === undefined ? ticket : { ...ticket, seq }));
    return peer;
  }

  /** The next message not yet taken. */
  async next(): Promise<Message> {
    await this.until(() => this.heard.length > this.#taken);
    const message = this.heard[this.#taken];
    this.#taken += 1;
    if (message === undefined) throw new Error("nothing was heard");
    return message;
  }

  /** The next `count` messages. */
  async take(count: number): Promise<Message[]> {
    const messages: Message[] = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  /** Resolves when `holds` does; fails when the websocket ends before. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#ended !== undefined) throw new Error(`closed ${this.#ended.code} ${this.#ended.reason}`);
      await new Promise<void>((resolve) => this.#wakers.add(resolve));
    }
  }

  /** Ends the connection as a pulled plug does, without a close. */
  vanish(): void {
    this.socket.terminate();
  }

  #wake(): void {
    for (const waker of this.#wakers) waker();
    this.#wakers.clear();
  }
}
