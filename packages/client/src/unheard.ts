import type { PeerMessage } from "./events.ts";

/** How many messages wait for a listener: more than any call set-up has. */
const most = 1000;

/** What came while nobody listened, until somebody does. */
export class Unheard implements AsyncIterable<PeerMessage> {
  readonly #messages: PeerMessage[] = [];
  #wakers: (() => void)[] = [];
  #ended = false;

  /** Keeps one more, and answers whether it had to let go of the oldest. */
  push(message: PeerMessage): boolean {
    this.#messages.push(message);
    this.#wake();
    return this.#messages.length > most && this.#messages.shift() !== undefined;
  }

  takeAll(): PeerMessage[] {
    return this.#messages.splice(0);
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Each as it comes, until the end. Whoever iterates next goes on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<PeerMessage, void, undefined> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) yield message;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
