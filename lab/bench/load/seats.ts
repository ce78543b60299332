import type { Peer } from "./dialect.ts";
import { loopAsync } from "./loop.ts";
import type { Outcome } from "./orders.ts";
import type { Visitor } from "./visitor.ts";
import type { Websocket } from "./websocket.ts";

/** Peers, two on each call, that have joined, and can be attached and detached all together. */
export class Seats {
  readonly #visitor: Visitor;
  readonly #peers: Peer[] = [];
  readonly #websockets = new Map<Peer, Websocket>();

  constructor(visitor: Visitor) {
    this.#visitor = visitor;
  }

  /** Joins more of them, until there are `count`. */
  async join(count: number, slots: number): Promise<Outcome> {
    const visitor = this.#visitor;
    const peers = this.#peers;
    let open: string | undefined;
    return loopAsync(slots, { ops: count - peers.length }, visitor, async () => {
      const call = open ?? visitor.newName();
      open = open === undefined ? call : undefined;
      peers.push(await visitor.join(call));
    });
  }

  /** Attaches all that are not, `slots` at a time; tells how long each took. */
  async attach(slots: number): Promise<Outcome> {
    const latenciesMs: number[] = [];
    const absent = this.#peers.filter((peer) => !this.#websockets.has(peer));
    const outcome = await loopAsync(slots, { ops: absent.length }, this.#visitor, async () => {
      const peer = absent.pop();
      if (peer === undefined) return;
      const startedAt = performance.now();
      const websocket = await this.#visitor.attach(peer);
      latenciesMs.push(performance.now() - startedAt);
      this.#websockets.set(peer, websocket);
      void websocket.ended.then(() => this.#lost(peer, websocket));
    });
    return { ...outcome, latenciesMs };
  }

  /** Closes all websockets; the peers keep what they joined with. */
  async detach(): Promise<Outcome> {
    const startedAt = performance.now();
    const websockets = this.#taken();
    await Promise.all(websockets.map((websocket) => websocket.close()));
    return { ops: websockets.length, elapsedMs: performance.now() - startedAt, latenciesMs: [] };
  }

  /** Cuts all websockets at once and attaches everybody again, `slots` at a time: tells how long it took until all were back. */
  async storm(slots: number): Promise<Outcome> {
    const startedAt = performance.now();
    for (const websocket of this.#taken()) websocket.cut();
    const outcome = await this.attach(slots);
    return { ...outcome, elapsedMs: performance.now() - startedAt };
  }

  #taken(): readonly Websocket[] {
    const all = [...this.#websockets.values()];
    this.#websockets.clear();
    return all;
  }

  /** One that ended and was not taken away was closed by the server. */
  #lost(peer: Peer, websocket: Websocket): void {
    if (this.#websockets.get(peer) === websocket)
      this.#visitor.fail(new Error("an idle websocket was closed"));
  }
}
