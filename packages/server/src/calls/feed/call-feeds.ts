import type { Backend, Channels } from "../ports/backend.ts";
import { Inbox, type Later } from "./call-feed.ts";
import type { Reporter } from "../ports/telemetry.ts";

/** From the backend's channels to the inbox of each call that this process has websockets on. */
export class FanOut {
  private readonly inboxes = new Map<string, { readonly inbox: Inbox; users: number }>();
  private readonly channels: Channels;
  private readonly backend: Backend;
  private readonly report: Reporter;
  private readonly later: Later;

  constructor(backend: Backend, report: Reporter, later: Later) {
    this.backend = backend;
    this.report = report;
    this.later = later;
    this.channels = backend.open({
      message: (call, bytes) => this.inboxes.get(call)?.inbox.hear(bytes),
      lost: () => {
        for (const { inbox } of this.inboxes.values()) inbox.lost();
      },
      heard: (call) => this.inboxes.get(call)?.inbox.heard(),
    });
  }

  /** How many calls are heard. */
  get size(): number {
    return this.inboxes.size;
  }

  /** The inbox of a call, subscribed for as long as somebody uses it. Every `enter` needs its `exit`. */
  enter(call: string): Inbox {
    let entry = this.inboxes.get(call);
    if (entry === undefined) {
      entry = { inbox: new Inbox(call, this.backend, this.report, this.later), users: 0 };
      this.inboxes.set(call, entry);
      this.channels.subscribe(call);
    }
    entry.users += 1;
    return entry.inbox;
  }

  exit(call: string): void {
    const entry = this.inboxes.get(call);
    if (entry === undefined) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    this.inboxes.delete(call);
    this.channels.unsubscribe(call);
  }

  async close(): Promise<void> {
    await this.channels.close();
  }
}
