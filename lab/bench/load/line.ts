import type { Peer } from "./dialect.ts";
import type { Visitor } from "./visitor.ts";
import type { Websocket } from "./websocket.ts";

/** A call with one peer that sends and one that listens, attached. The sender has a websocket only where it speaks on it. */
export class Line {
  readonly #visitor: Visitor;
  readonly #sender: Peer;
  readonly #listener: Peer;
  readonly #mouth: Websocket | undefined;
  #signal: Buffer = Buffer.alloc(0);
  /** Who waits for a delivery, oldest first: a call has one order. */
  readonly #awaited: (() => void)[] = [];

  private constructor(
    visitor: Visitor,
    [sender, listener]: readonly [Peer, Peer],
    ear: Websocket,
    mouth: Websocket | undefined,
  ) {
    this.#visitor = visitor;
    this.#sender = sender;
    this.#listener = listener;
    this.#mouth = mouth;
    ear.heard = () => this.#hear();
    void ear.ended.then(() => visitor.fail(new Error("a listener's websocket was closed")));
  }

  static async open(visitor: Visitor): Promise<Line> {
    const call = visitor.newName();
    const sender = await visitor.join(call);
    const listener = await visitor.join(call);
    const ear = await visitor.attach(listener);
    const mouth = visitor.dialect.posts ? undefined : await visitor.attach(sender);
    return new Line(visitor, [sender, listener], ear, mouth);
  }

  /** Makes the one signal that is sent from now on. */
  prepare(body: string): void {
    this.#signal = this.#visitor.dialect.signal(this.#sender, this.#listener, "OFFER", body);
  }

  /** Sends the signal; calls back when it was heard, and when it was answered, which is at once where nothing answers. */
  send(heard: () => void, answered: () => void): void {
    this.#awaited.push(heard);
    if (this.#mouth === undefined) {
      this.#visitor.post(this.#signal, answered);
    } else {
      this.#mouth.send(this.#signal);
      answered();
    }
  }

  #hear(): void {
    const heard = this.#awaited.shift();
    if (heard === undefined) this.#visitor.fail(new Error("heard what nobody sent"));
    else heard();
  }
}
