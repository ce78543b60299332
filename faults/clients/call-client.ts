import { setTimeout as wait } from "node:timers/promises";
import type { Call } from "../../src/client/call.ts";
import { joinCall, SeatLostError } from "../../src/client/index.ts";
import type { History } from "../history.ts";
import { watchSockets } from "./observed-sockets.ts";
import { bodyOf, readBody, type Talker } from "./talker.ts";

/** The SDK's call: attaching, resuming and joining anew are its own matter, and only seen. */
export class CallClient implements Talker {
  readonly client: string;
  readonly call: string;
  readonly kind = "call";
  sessions = 0;
  private readonly url: string;
  private readonly history: History;
  private readonly over = new AbortController();
  private joined: Call | undefined;
  private askedAt = performance.now();
  private session = "";
  private socket = 0;
  private n = 0;
  private isTalking = false;
  private talking: Promise<void> = Promise.resolve();
  private readonly keeping: Promise<void>;

  constructor(client: string, call: string, { url, history }: { url: string; history: History }) {
    this.client = client;
    this.call = call;
    this.url = url;
    this.history = history;
    this.keeping = this.keep();
  }

  get isAttached(): boolean {
    return this.joined?.state === "open";
  }

  talk(everyMs: number): void {
    this.isTalking = true;
    this.talking = this.send(everyMs);
  }

  async hush(): Promise<void> {
    this.isTalking = false;
    await this.talking;
  }

  async close(): Promise<void> {
    this.over.abort();
    await Promise.all([this.hush(), this.keeping]);
  }

  private async keep(): Promise<void> {
    const { signal } = this.over;
    const introduction = bodyOf(this.call, this.client, 0);
    watchSockets(this.call, {
      began: (session) => this.begin(session),
      ended: (session, socket, code, reason) => {
        if (code === 4409) this.askedAt = performance.now();
        if (!signal.aborted) this.history.add({ event: "closed", session, socket, code, reason });
      },
      welcomed: (session, socket, askedAt) => {
        this.socket = socket;
        this.history.add({ event: "welcome", session, socket, askedAt });
      },
    });
    while (!signal.aborted) {
      this.askedAt = performance.now();
      try {
        const call = await joinCall(this.url, this.call, { introduction, signal });
        this.joined = call;
        call.on("gap", () => this.history.add({ event: "gap", session: this.session }));
        call.on("message", ({ kind, body }) => {
          const { session, socket } = this;
          if (kind !== "PEER") this.history.add({ event: "heard", session, socket, ...readBody(body) });
        });
        await call.closed;
      } catch {
        await wait(100);
      }
    }
  }

  /** A handshake with a session that is new: a join was answered. */
  private begin(session: string): void {
    if (session === this.session) return;
    this.session = session;
    this.sessions += 1;
    const { client, kind, call, askedAt, history } = this;
    history.add({ event: "joined", client, kind, call, session, askedAt });
  }

  private async send(everyMs: number): Promise<void> {
    while (this.isTalking) {
      const { joined, client, call } = this;
      const session = joined?.session ?? "";
      if (joined !== undefined && session !== "") {
        const [n, askedAt] = [(this.n += 1), performance.now()];
        const status = await joined.candidate(bodyOf(call, client, n)).then(
          () => 200,
          (error: unknown) => (error instanceof SeatLostError ? 409 : 0),
        );
        this.history.add({ event: "sent", client, session, call, n, askedAt, status });
      }
      await wait(everyMs * (0.5 + Math.random()));
    }
  }
}
