import type { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import { adviceOn } from "../../../packages/client/src/advice.ts";
import type { Message } from "webrtc-signals-protocol";
import type { Ticket } from "../../wire/test-peer.ts";
import type { History } from "../history.ts";
import { asked } from "./asking.ts";
import { readBody, Talker } from "./talker.ts";

/** Where a client connects, and how it does. */
export interface PlainOptions {
  readonly agent: Agent;
  readonly history: History;
  /** Where the service is now. */
  readonly url: () => string;
  readonly kind: "seed" | "resuming";
}

let sockets = 0;

/** A client on a bare websocket: joins, attaches, attaches again as PROTOCOL.md says, and joins anew when it must. */
export class PlainClient extends Talker {
  readonly kind: "seed" | "resuming";
  isAttached = false;
  socket: WebSocket | undefined;
  /** Whether it will, on its next websocket. */
  answersPings = true;
  readonly #options: PlainOptions;
  #ticket: Ticket | undefined;
  #seq = 0;
  #isOver = false;
  readonly #keeping: Promise<void>;

  constructor(client: string, call: string, options: PlainOptions) {
    super(client, call, options.history);
    this.kind = options.kind;
    this.#options = options;
    this.#keeping = this.#keep();
  }

  protected get session(): string {
    return this.#ticket?.session ?? "";
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.socket?.terminate();
    await Promise.all([this.hush(), this.#keeping]);
  }

  async #keep(): Promise<void> {
    for (let attempt = 0; !this.#isOver; attempt += 1) {
      if (this.#ticket === undefined) await this.#join();
      if (this.#ticket === undefined || this.#isOver) return;
      const { code, welcome } = await this.#attach(this.#ticket);
      if (welcome) attempt = 0;
      const advice = adviceOn(code);
      if (advice === "join") this.#ticket = undefined;
      // At once the first time, then after a while.
      if (attempt > 0) await wait(Math.random() * Math.min(1000, 100 * 2 ** attempt));
    }
  }

  async #join(): Promise<void> {
    const { client, kind, call, history } = this;
    const { agent, url } = this.#options;
    while (!this.#isOver) {
      const askedAt = performance.now();
      const { status, text } = await asked(agent, "POST", `${url()}/call/${call}`);
      if (status === 200) {
        const ticket: Ticket = JSON.parse(text);
        history.add({ event: "joined", client, kind, call, session: ticket.session, askedAt });
        this.#ticket = ticket;
        this.#seq = 0;
        this.sessions += 1;
        return;
      }
      await wait(100 + Math.random() * 100);
    }
  }

  #attach(ticket: Ticket): Promise<{ code: number; welcome: boolean }> {
    const { history, kind } = this;
    const { url } = this.#options;
    const { session } = ticket;
    const askedAt = performance.now();
    const number = (sockets += 1);
    const socket = new WebSocket(`${url().replace(/^http/, "ws")}/ws`, {
      autoPong: this.answersPings,
      perMessageDeflate: false,
    });
    this.socket = socket;
    let welcome = false;
    socket.on("error", () => {});
    socket.on("open", () =>
      socket.send(JSON.stringify(kind === "seed" ? ticket : { ...ticket, seq: this.#seq })),
    );
    socket.on("message", (data: Buffer) => {
      const { kind: word, seq = 0, recovered, body = "" }: Message = JSON.parse(data.toString());
      if (word === "WELCOME") {
        welcome = true;
        this.isAttached = true;
        history.add({ event: "welcome", session, socket: number, askedAt });
        if (recovered === false) history.add({ event: "gap", session });
      } else if (word !== "PEER") history.add({ event: "heard", session, socket: number, ...readBody(body) });
      this.#seq = seq;
    });
    const patience = setTimeout(() => welcome || socket.terminate(), 5000);
    return new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        clearTimeout(patience);
        this.isAttached = false;
        const said = { code, reason: reason.toString() };
        // What ends before it was opened was no websocket.
        if (!this.#isOver && (welcome || code !== 1006))
          history.add({ event: "closed", session, socket: number, ...said });
        if (code === 4410 && kind === "seed") history.add({ event: "gap", session });
        resolve({ code, welcome });
      });
    });
  }

  protected async post(session: string, body: string): Promise<number> {
    const { agent, url } = this.#options;
    const message = { kind: "CANDIDATE", call: this.call, session, body };
    return (await asked(agent, "POST", `${url()}/signal`, message)).status;
  }
}
