import assert from "node:assert/strict";
import { once } from "node:events";
import { EventEmitter } from "node:events";
import type { Backend, Channels } from "../../src/calls/ports/backend.ts";
import { decode, type Envelope } from "../../src/calls/feed/envelope.ts";
import type { Clause } from "./contract.ts";
import { attachOk, bodyOf, publishOk, take } from "./steps.ts";

/** Hears channels, and keeps what it heard. */
class Ear extends EventEmitter {
  readonly heard: [call: string, envelope: Envelope][] = [];
  readonly channels: Channels;

  constructor(backend: Backend) {
    super();
    this.channels = backend.open({
      message: (call, bytes) => {
        const envelope = decode(bytes);
        assert.ok(envelope !== undefined);
        this.heard.push([call, envelope]);
        this.emit("message");
      },
      lost: () => this.emit("lost"),
      subscribed: (call) => this.emit(`heard ${call}`),
    });
  }

  async subscribe(call: string): Promise<void> {
    const heard = once(this, `heard ${call}`);
    this.channels.subscribe(call);
    await heard;
  }

  async until(count: number): Promise<void> {
    while (this.heard.length < count) await once(this, "message");
  }
}

/** What processes hear. */
export const channelContract: readonly Clause[] = [
  [
    "promise 7 › a subscribed process hears every event of its call in order, and of no other call",
    async ({ backend }, limits) => {
      const ear = new Ear(backend);
      await ear.subscribe("tea");
      const one = await take(backend, "tea", limits, bodyOf("hello"));
      const other = await take(backend, "coffee", limits);
      await publishOk(backend, "coffee", other, "x", limits);
      for (let i = 2; i <= 20; i += 1) await publishOk(backend, "tea", one, String(i), limits);
      await ear.until(20);
      const places = ear.heard.map(([call, envelope]) => [
        call,
        envelope.kind,
        "eventCount" in envelope ? envelope.eventCount : 0,
      ]);
      const expected = Array.from({ length: 20 }, (_, i) => ["tea", i === 0 ? "PEER" : "OFFER", i + 1]);
      assert.deepEqual(places, expected);
      await ear.channels.close();
    },
  ],
  [
    "promise 10 › a newer attach and a leave are told as control messages, in their place, with a raised version",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const ear = new Ear(backend);
      await ear.subscribe("tea");
      const first = await attachOk(backend, "tea", one, limits);
      const second = await attachOk(backend, "tea", one, limits);
      await publishOk(backend, "tea", two, "x", limits);
      await backend.leave("tea", two.session);
      await ear.until(3);
      const [attached, event, left] = ear.heard.map(([, envelope]) => envelope);
      const { epoch } = one;
      assert.deepEqual(attached, {
        kind: "attached",
        epoch,
        head: 2,
        version: first.version + 1,
        seatNumber: 1,
        generation: 2,
      });
      assert.equal(event?.version, second.version);
      assert.deepEqual(left, {
        kind: "left",
        epoch,
        head: 3,
        version: second.version + 1,
        seatNumber: 2,
        generation: 0,
      });
      await ear.channels.close();
    },
  ],
  [
    "promise 6 › a message carries who sent it by ordinal, when, and no session",
    async ({ backend }, limits) => {
      const ear = new Ear(backend);
      await ear.subscribe("tea");
      const [, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const { now } = await backend.publish("tea", two.session, "CANDIDATE", bodyOf("c"), limits);
      await ear.until(3);
      const [, event] = ear.heard[2] ?? [];
      assert.ok(event !== undefined && "sender" in event);
      assert.deepEqual([event.kind, event.sender, event.at, event.trace], ["CANDIDATE", 2, now, ""]);
      assert.ok(!Buffer.from(JSON.stringify(ear.heard)).includes(two.session));
      await ear.channels.close();
    },
  ],
  [
    "promise 14 › an unsubscribed process hears nothing more",
    async ({ backend }, limits) => {
      const [leaver, stayer] = [new Ear(backend), new Ear(backend)];
      await leaver.subscribe("tea");
      await stayer.subscribe("tea");
      const one = await take(backend, "tea", limits);
      await stayer.until(1);
      await leaver.until(1);
      leaver.channels.unsubscribe("tea");
      await leaver.subscribe("coffee");
      await publishOk(backend, "tea", one, "x", limits);
      await stayer.until(2);
      assert.equal(leaver.heard.length, 1);
      await leaver.channels.close();
      await stayer.channels.close();
    },
  ],
];
