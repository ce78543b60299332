import { setTimeout as wait } from "node:timers/promises";
import type { Call } from "../../../packages/client/src/call.ts";
import { joinCall, SeatLostError } from "../../../packages/client/src/index.ts";
import type { History } from "../history.ts";
import { watchSockets } from "./observed-sockets.ts";
import { bodyOf, readBody, Talker } from "./talker.ts";

/** The SDK's call: attaching, resuming and joining anew are its own matter, and only seen. */
export class CallClient extends Talker {
  readonly kind = "call";
  readonly #url: string;
  readonly #over = new AbortController();
  #joined: Call | undefined;
  #askedAt = performance.now();
  /** The session of its newest websocket. */
  #heardAs = "";
  #socket = 0;
  readonly #keeping: Promise<void>;

  constructor(client: string, call: string, { url, history }: { url: string; history: History }) {
    super(client, call, history);
    this.#url = url;
    this.#keeping = this.#keep();
  }

  get isAttached(): boolean {
    return this.#joined?.state === "open";
  }

  protected get session(): string {
    return this.#joined?.session ?? "";
  }

  async close(): Promise<void> {
    this.#over.abort();
    await Promise.all([this.hush(), this.#keeping]);
  }

  protected async post(_: string, body: string): Promise<number> {
    if (this.#joined === undefined) return 0;
    try {
      await this.#joined.candidate(body);
      return 200;
    } catch (error) {
      return error instanceof SeatLostError ? 409 : 0;
    }
  }

  async #keep(): Promise<void> {
    const { signal } = this.#over;
    const introduction = bodyOf(this.call, this.client, 0);
    watchSockets(this.call, {
      began: (session) => this.#begin(session),
      ended: (session, socket, code, reason) => {
        if (code === 4409) this.#askedAt = performance.now();
        if (!signal.aborted) this.history.add({ event: "closed", session, socket, code, reason });
      },
      welcomed: (session, socket, askedAt) => {
        this.#socket = socket;
        this.history.add({ event: "welcome", session, socket, askedAt });
      },
    });
    while (!signal.aborted) {
      this.#askedAt = performance.now();
      try {
        const call = await joinCall(this.#url, this.call, { introduction, signal });
        this.#joined = call;
        call.on("gap", () => this.history.add({ event: "gap", session: this.#heardAs }));
        call.on("message", ({ kind, body }) => {
          const session = this.#heardAs;
          const socket = this.#socket;
          if (kind !== "PEER") this.history.add({ event: "heard", session, socket, ...readBody(body) });
        });
        await call.closed;
      } catch {
        await wait(100);
      }
    }
  }

  /** A handshake with a session that is new: a join was answered. */
  #begin(session: string): void {
    if (session === this.#heardAs) return;
    this.#heardAs = session;
    this.sessions += 1;
    const { client, kind, call, history } = this;
    const askedAt = this.#askedAt;
    history.add({ event: "joined", client, kind, call, session, askedAt });
  }
}
