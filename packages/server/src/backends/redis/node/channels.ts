import type { ChannelListener, Channels } from "../../../calls/ports/backend.ts";
import type { RedisAddress } from "./address.ts";
import type { RedisClient } from "./client.ts";
import { Connection } from "./connection.ts";
import type { AddressSource } from "./address-source.ts";

/**
 * Subscriptions on one connection to a node. The wanted and the confirmed channels are compared after every reply, one
 * batch at a time, so that a channel that is unsubscribed and subscribed again is never lost.
 */
export class RedisChannels implements Channels {
  readonly #connection: Connection;
  readonly #prober: NodeJS.Timeout;
  readonly #listener: ChannelListener;
  readonly #channelOf: (call: string) => string;
  /** Channel → call. */
  readonly #wanted = new Map<string, string>();
  readonly #confirmed = new Set<string>();
  /** Channels that may be wanted and not confirmed, or the reverse. */
  readonly #changed = new Set<string>();
  #comparing = false;

  constructor(
    source: AddressSource,
    probeMs: number,
    channelOf: (call: string) => string,
    listener: ChannelListener,
  ) {
    this.#listener = listener;
    this.#channelOf = channelOf;
    this.#connection = new Connection({
      source,
      prepare: async () => {},
      // The command connection fails for the same reasons, and reports them.
      onFailure: () => {},
      onUp: () => {
        for (const channel of this.#wanted.keys()) this.#changed.add(channel);
        void this.#compare();
      },
      onDown: () => {
        this.#confirmed.clear();
        this.#listener.lost();
      },
      // A PING per interval, and a deadline before the next PING: a dead connection is detected within two intervals.
      silentMs: probeMs * 0.8,
    });
    // PUBLISH to a subscriber whose connection died silently raises no error anywhere; only a missing reply shows it.
    this.#prober = setInterval(() => void this.#connection.send(["PING"]).catch(() => {}), probeMs);
  }

  get isUp(): boolean {
    return this.#connection.isUp;
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

  /** Closes a connection that leads to another address, and connects to this one. */
  moveTo(address: RedisAddress): void {
    this.#connection.moveTo(address);
  }

  async close(): Promise<void> {
    clearInterval(this.#prober);
    await this.#connection.close();
  }

  #change(channel: string): void {
    this.#changed.add(channel);
    void this.#compare();
  }

  async #compare(): Promise<void> {
    if (this.#comparing) return;
    this.#comparing = true;
    try {
      // All changes of one turn of the event loop are sent as one command.
      await Promise.resolve();
      while (this.#changed.size > 0 && this.#connection.isUp)
        await this.#connection.use((client) => this.#sendBatch(client));
    } catch {
      // The connection broke: the next one starts with all wanted channels.
    } finally {
      this.#comparing = false;
    }
    if (this.#changed.size > 0 && this.#connection.isUp) void this.#compare();
  }

  async #sendBatch(client: RedisClient): Promise<void> {
    const batch = [...this.#changed].slice(0, batchSize);
    for (const channel of batch) this.#changed.delete(channel);
    const subscribe = batch.filter((channel) => this.#wanted.has(channel) && !this.#confirmed.has(channel));
    const unsubscribe = batch.filter((channel) => !this.#wanted.has(channel) && this.#confirmed.has(channel));
    await Promise.all([
      subscribe.length > 0 && client.subscribe(subscribe, this.#receive, true),
      unsubscribe.length > 0 && client.unsubscribe(unsubscribe, this.#receive, true),
    ]);
    for (const channel of unsubscribe) this.#confirmed.delete(channel);
    for (const channel of subscribe) this.#confirmed.add(channel);
    for (const channel of batch) {
      // Includes a channel that was unsubscribed and subscribed again meanwhile: its new subscriber waits for this.
      const call = this.#wanted.get(channel);
      if (call !== undefined && this.#confirmed.has(channel)) this.#listener.subscribed(call);
    }
  }

  readonly #receive = (message: Buffer, channel: Buffer): void => {
    const call = this.#wanted.get(channel.toString("latin1"));
    if (call !== undefined) this.#listener.message(call, message);
  };
}

/** The bound of the channels per command: after an outage, many thousands may be subscribed. */
const batchSize = 1000;
