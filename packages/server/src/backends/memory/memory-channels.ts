import type { ChannelListener, Channels } from "../../calls/ports/backend.ts";

/** The memory backend's channels: what is posted in one turn of the event loop arrives in a later one. */
export class MemoryChannels {
  readonly #ears = new Set<Ear>();
  #pending: Post[] = [];
  #scheduled = false;

  open(listener: ChannelListener): Channels {
    const ear: Ear = { listener, calls: new Map() };
    this.#ears.add(ear);
    return {
      subscribe: (call) => {
        // The subscription is confirmed in the order of the messages: what is posted before it is not heard.
        ear.calls.set(call, "asked");
        this.#later({ call, ear });
      },
      unsubscribe: (call) => void ear.calls.delete(call),
      close: async () => void this.#ears.delete(ear),
    };
  }

  post(call: string, bytes: Buffer): void {
    this.#later({ call, bytes });
  }

  close(): void {
    this.#ears.clear();
    this.#pending = [];
  }

  /** Hands a message that has arrived to the listeners that are subscribed to its call. */
  protected deliver(call: string, bytes: Buffer): void {
    for (const { calls, listener } of this.#ears) {
      if (calls.get(call) === "heard") listener.message(call, bytes);
    }
  }

  #later(post: Post): void {
    this.#pending.push(post);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    const posts = this.#pending;
    this.#pending = [];
    for (const post of posts) {
      if ("ear" in post) {
        if (!post.ear.calls.has(post.call)) continue;
        post.ear.calls.set(post.call, "heard");
        post.ear.listener.subscribed(post.call);
      } else {
        this.deliver(post.call, post.bytes);
      }
    }
  }
}

type Post = { readonly call: string; readonly bytes: Buffer } | { readonly call: string; readonly ear: Ear };

interface Ear {
  readonly listener: ChannelListener;
  readonly calls: Map<string, "asked" | "heard">;
}
