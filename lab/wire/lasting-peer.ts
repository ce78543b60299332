import { setTimeout as wait } from "node:timers/promises";
import { join, TestPeer, type Ticket } from "./test-peer.ts";

/** A peer of a call that attaches again, with its session, whenever it is told to, at each of the processes in turn. */
export class LastingPeer {
  readonly ticket: Ticket;
  /** The codes it was closed with, in order; not those of a process that could not welcome it yet (1013). */
  readonly codes: number[] = [];
  /** The bodies of the offers it has heard, in order, on each of its websockets. */
  readonly heard: string[][] = [[]];
  #peer: TestPeer;
  readonly #urls: readonly string[];
  #attached = 0;
  #ended = false;

  private constructor(urls: readonly string[], ticket: Ticket, peer: TestPeer) {
    this.#urls = urls;
    this.ticket = ticket;
    this.#peer = peer;
  }

  static async on(call: string, ...urls: string[]): Promise<LastingPeer> {
    const [url = ""] = urls;
    const ticket = await join(url, call);
    const lasting = new LastingPeer(urls, ticket, await TestPeer.attach(url, ticket));
    void lasting.#live();
    return lasting;
  }

  /** Resolves when it has been welcomed again. */
  async attachesAgain(): Promise<void> {
    while (this.#attached === 0) await wait(20);
  }

  /** Resolves when it has heard an offer. */
  async hears(body: string): Promise<void> {
    while (!this.heard.flat().includes(body)) await wait(20);
  }

  /** Attaches no more. */
  end(): void {
    this.#ended = true;
    this.#peer.vanish();
  }

  async #live(): Promise<void> {
    for (;;) {
      for (;;) {
        const message = await this.#peer.next().catch(() => undefined);
        if (message === undefined) break;
        if (message.kind === "OFFER") this.heard.at(-1)?.push(message.body ?? "");
      }
      const { code } = await this.#peer.closed;
      const isWelcome = this.#peer.heard.length > 0;
      if (isWelcome || code !== 1013) this.codes.push(code);
      if (this.#ended || (code !== 4410 && code !== 1013)) return;
      const url = this.#urls[this.heard.length % this.#urls.length] ?? "";
      this.heard.push([]);
      this.#peer = await TestPeer.knock(url, this.ticket);
      this.#peer.socket.once("message", () => (this.#attached += 1));
    }
  }
}
