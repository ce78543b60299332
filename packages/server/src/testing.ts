/**
 * For tests of a service and of its clients: a memory backend that a test can inject faults into.
 *
 *     import { startService } from "webrtc-signals";
 *     import { testableMemoryBackend } from "webrtc-signals/testing";
 *     const backend = testableMemoryBackend();
 *     const service = await startService({ backend });
 *     backend.restart();
 */
import { CallRecords } from "./backends/memory/call-records.ts";
import { memoryBackendOn, steadyNow } from "./backends/memory/memory-backend.ts";
import { MemoryChannels } from "./backends/memory/memory-channels.ts";
import type { Backend, ChannelListener, Channels } from "./calls/ports/backend.ts";

/** The memory backend, and the faults that a test can inject. */
export interface TestableMemoryBackend extends Backend {
  /** Loses all data, as a Redis that restarts empty does. */
  empty(): void;
  /** Keeps its data but loses all logs, as a Redis that restarts or fails over does. */
  restart(): void;
  /** Loses the messages that have not arrived yet, notifies the listeners, and subscribes them again. */
  cut(): void;
  /** Loses the next message to arrive, and notifies no listener. */
  drop(): void;
  /** The number of calls of which anything is kept. */
  readonly size: number;
}

/** Makes a memory backend for a test. `now` is its clock, in whole milliseconds. */
export function testableMemoryBackend(now: () => number = steadyNow): TestableMemoryBackend {
  const channels = new FaultyChannels();
  const records = new CallRecords(now, (call, bytes) => channels.post(call, bytes));
  return {
    ...memoryBackendOn(records, channels),
    empty: () => records.clear(),
    restart: () => records.beginEpochs(),
    cut: () => channels.cut(),
    drop: () => channels.drop(),
    get size() {
      return records.size;
    },
  };
}

/** Channels that lose messages when a test says so. */
class FaultyChannels extends MemoryChannels {
  readonly #subscribers = new Set<Subscriber>();
  /** The number of messages that have been posted and have not arrived. */
  #underway = 0;
  /** How many of the next messages to arrive were cut off, and how many more are to be dropped. */
  #cutOff = 0;
  #dropping = 0;

  override open(listener: ChannelListener): Channels {
    const channels = super.open(listener);
    const subscriber: Subscriber = { listener, channels, calls: new Set() };
    this.#subscribers.add(subscriber);
    return {
      subscribe: (call) => {
        subscriber.calls.add(call);
        channels.subscribe(call);
      },
      unsubscribe: (call) => {
        subscriber.calls.delete(call);
        channels.unsubscribe(call);
      },
      close: async () => {
        this.#subscribers.delete(subscriber);
        await channels.close();
      },
    };
  }

  override post(call: string, bytes: Buffer): void {
    this.#underway += 1;
    super.post(call, bytes);
  }

  override close(): void {
    this.#subscribers.clear();
    this.#underway = 0;
    this.#cutOff = 0;
    super.close();
  }

  cut(): void {
    this.#cutOff = this.#underway;
    for (const { listener, channels, calls } of this.#subscribers) {
      listener.lost();
      for (const call of calls) channels.subscribe(call);
    }
  }

  drop(): void {
    this.#dropping += 1;
  }

  protected override deliver(call: string, bytes: Buffer): void {
    this.#underway -= 1;
    if (this.#cutOff > 0) this.#cutOff -= 1;
    else if (this.#dropping > 0) this.#dropping -= 1;
    else super.deliver(call, bytes);
  }
}

interface Subscriber {
  readonly listener: ChannelListener;
  readonly channels: Channels;
  readonly calls: Set<string>;
}
