import type { Backend, Channels } from "../ports/backend.ts";
import { CallFeed, type Later } from "./call-feed.ts";
import type { Reporter } from "../ports/telemetry.ts";

/** From the backend's channels to the inbox of each call that this process has websockets on. */
export class CallFeeds {
  readonly #feeds = new Map<string, { readonly callFeed: CallFeed; users: number }>();
  readonly #channels: Channels;
  readonly #backend: Backend;
  readonly #report: Reporter;
  readonly #later: Later;

  constructor(backend: Backend, report: Reporter, later: Later) {
    this.#backend = backend;
    this.#report = report;
    this.#later = later;
    this.#channels = backend.open({
      message: (call, bytes) => this.#feeds.get(call)?.callFeed.hear(bytes),
      lost: () => {
        for (const { callFeed } of this.#feeds.values()) callFeed.lost();
      },
      heard: (call) => this.#feeds.get(call)?.callFeed.heard(),
    });
  }

  /** How many calls are heard. */
  get size(): number {
    return this.#feeds.size;
  }

  /** The inbox of a call, subscribed for as long as somebody uses it. Every `enter` needs its `exit`. */
  enter(call: string): CallFeed {
    let entry = this.#feeds.get(call);
    if (entry === undefined) {
      entry = { callFeed: new CallFeed(call, this.#backend, this.#report, this.#later), users: 0 };
      this.#feeds.set(call, entry);
      this.#channels.subscribe(call);
    }
    entry.users += 1;
    return entry.callFeed;
  }

  exit(call: string): void {
    const entry = this.#feeds.get(call);
    if (entry === undefined) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    this.#feeds.delete(call);
    this.#channels.unsubscribe(call);
  }

  async close(): Promise<void> {
    await this.#channels.close();
  }
}
