import { setTimeout as wait } from "node:timers/promises";
import type { ClientKind, History } from "../history.ts";

/** A client on a call that numbers its signals and records everything. */
export abstract class Talker {
  readonly client: string;
  readonly call: string;
  abstract readonly kind: ClientKind;
  abstract readonly isAttached: boolean;
  /** How many sessions it has had: one, where it never lost its seat. */
  sessions = 0;
  /** How long it waits between two signals, about, and what it adds to each, in bytes. Both may change while it talks. */
  everyMs = 0;
  padBytes = 0;
  protected readonly history: History;
  #n = 0;
  #isTalking = false;
  #talking: Promise<void> = Promise.resolve();

  protected constructor(client: string, call: string, history: History) {
    this.client = client;
    this.call = call;
    this.history = history;
  }

  /** Posts a signal every `everyMs`, one after the other. */
  talk(everyMs: number): void {
    this.everyMs = everyMs;
    this.#isTalking = true;
    this.#talking = this.#send();
  }

  /** Posts no more; resolves when the last one was answered. */
  async hush(): Promise<void> {
    this.#isTalking = false;
    await this.#talking;
  }

  /** Ends it without a leave. */
  abstract close(): Promise<void>;

  /** The session it posts with; empty while it has none. */
  protected abstract readonly session: string;

  /** Posts a signal with a session, and answers its status; 0 is no answer. */
  protected abstract post(session: string, body: string): Promise<number>;

  async #send(): Promise<void> {
    const { client, call, history } = this;
    while (this.#isTalking) {
      const { session } = this;
      if (session !== "") {
        const [n, askedAt] = [(this.#n += 1), performance.now()];
        const status = await this.post(session, bodyOf(call, client, n, this.padBytes));
        history.add({ event: "sent", client, session, call, n, askedAt, status });
      }
      await wait(this.everyMs * (0.5 + Math.random()));
    }
  }
}

/** A signal's body: whose it is, its number, and as many bytes as asked for. */
export function bodyOf(call: string, client: string, n: number, padBytes = 0): string {
  return `${call} ${client} ${n} ${"x".repeat(padBytes)}`;
}

export function readBody(body: string): { readonly call: string; readonly from: string; readonly n: number } {
  const [call = "", from = "", n = ""] = body.split(" ");
  return { call, from, n: Number(n) };
}
