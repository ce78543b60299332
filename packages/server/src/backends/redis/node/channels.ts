import type { ChannelListener, Channels } from "../../../calls/ports/backend.ts";
import type { RedisAddress } from "./address.ts";
import type { RedisClient } from "./client.ts";
import { Link } from "./connection.ts";
import type { Whereabouts } from "./whereabouts.ts";

/**
 * One process's subscriptions on one connection. What is wanted and what Redis has confirmed are
 * compared after every answer, one batch at a time, so a channel left and wanted again is never lost.
 */
export class RedisChannels implements Channels {
  readonly #link: Link;
  readonly #prober: NodeJS.Timeout;
  readonly #listener: ChannelListener;
  readonly #channelOf: (call: string) => string;
  /** Channel → call. */
  readonly #wanted = new Map<string, string>();
  readonly #confirmed = new Set<string>();
  /** Channels for which the two may differ. */
  readonly #changed = new Set<string>();
  #comparing = false;

  constructor(
    where: Whereabouts,
    probeMs: number,
    channelOf: (call: string) => string,
    listener: ChannelListener,
  ) {
    this.#listener = listener;
    this.#channelOf = channelOf;
    this.#link = new Link({
      where,
      greet: async () => {},
      // The connection for commands fails alike, and tells.
      failed: () => {},
      up: () => {
        for (const channel of this.#wanted.keys()) this.#changed.add(channel);
        void this.#compare();
      },
      down: () => {
        this.#confirmed.clear();
        this.#listener.lost();
      },
      // Asked once an interval, and given up before the next: silence is noticed within two.
      silentMs: probeMs * 0.8,
    });
    // PUBLISH to a subscriber that is silently dead raises nothing anywhere: only asking it shows.
    this.#prober = setInterval(() => void this.#link.send(["PING"]).catch(() => {}), probeMs);
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  get tried(): Promise<void> {
    return this.#link.tried;
  }

  subscribe(call: string): void {
    const channel = this.#channelOf(call);
    this.#wanted.set(channel, call);
    this.#change(channel);
  }

  unsubscribe(call: string): void {
    const channel = this.#channelOf(call);
    this.#wanted.delete(channel);
    this.#change(channel);
  }

  /** Leaves for another Redis, which has taken over. */
  moveTo(address: RedisAddress): void {
    this.#link.moveTo(address);
  }

  async close(): Promise<void> {
    clearInterval(this.#prober);
    await this.#link.close();
  }

  #change(channel: string): void {
    this.#changed.add(channel);
    void this.#compare();
  }

  async #compare(): Promise<void> {
    if (this.#comparing) return;
    this.#comparing = true;
    try {
      // What changes within one turn of the event loop goes out as one command.
      await Promise.resolve();
      while (this.#changed.size > 0 && this.#link.isUp) await this.#link.use((client) => this.#ask(client));
    } catch {
      // The connection broke: the next one begins with everything wanted.
    } finally {
      this.#comparing = false;
    }
    if (this.#changed.size > 0 && this.#link.isUp) void this.#compare();
  }

  async #ask(client: RedisClient): Promise<void> {
    const batch = [...this.#changed].slice(0, batchSize);
    for (const channel of batch) this.#changed.delete(channel);
    const subscribe = batch.filter((channel) => this.#wanted.has(channel) && !this.#confirmed.has(channel));
    const unsubscribe = batch.filter((channel) => !this.#wanted.has(channel) && this.#confirmed.has(channel));
    await Promise.all([
      subscribe.length > 0 && client.subscribe(subscribe, this.#hear, true),
      unsubscribe.length > 0 && client.unsubscribe(unsubscribe, this.#hear, true),
    ]);
    for (const channel of unsubscribe) this.#confirmed.delete(channel);
    for (const channel of subscribe) this.#confirmed.add(channel);
    for (const channel of batch) {
      // Also one that was left and wanted again meanwhile: whoever wants it now has not heard of it yet.
      const call = this.#wanted.get(channel);
      if (call !== undefined && this.#confirmed.has(channel)) this.#listener.heard(call);
    }
  }

  readonly #hear = (message: Buffer, channel: Buffer): void => {
    const call = this.#wanted.get(channel.toString("latin1"));
    if (call !== undefined) this.#listener.message(call, message);
  };
}

/** How many channels one command names: after an outage there may be many thousands. */
const batchSize = 1000;
