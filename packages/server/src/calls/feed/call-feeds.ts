import type { Backend, Channels } from "../ports/backend.ts";
import { CallFeed, type CallFeedContext } from "./call-feed.ts";

/** The call feeds of this process, counted by their users: it is subscribed to the calls that it has websockets on. */
export class CallFeeds {
  readonly #feeds = new Map<string, { readonly callFeed: CallFeed; users: number }>();
  readonly #channels: Channels;
  readonly #context: CallFeedContext;

  constructor(context: CallFeedContext & { readonly backend: Pick<Backend, "open"> }) {
    this.#context = context;
    this.#channels = context.backend.open({
      message: (call, bytes) => this.#feeds.get(call)?.callFeed.message(bytes),
      lost: () => {
        for (const { callFeed } of this.#feeds.values()) callFeed.lost();
      },
      subscribed: (call) => this.#feeds.get(call)?.callFeed.subscribed(),
    });
  }

  /** How many call feeds there are. */
  get size(): number {
    return this.#feeds.size;
  }

  /** The feed of a call, subscribed as long as it has users. Each `acquire` needs its `release`. */
  acquire(call: string): CallFeed {
    let entry = this.#feeds.get(call);
    if (entry === undefined) {
      entry = { callFeed: new CallFeed(call, this.#context), users: 0 };
      this.#feeds.set(call, entry);
      this.#channels.subscribe(call);
    }
    entry.users += 1;
    return entry.callFeed;
  }

  release(call: string): void {
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
