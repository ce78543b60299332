import assert from "node:assert/strict";
import test from "node:test";
import { MediaStreamTrack as WeriftTrack } from "werift";
import { type Call, type CallOptions, connectPeers, joinCall, type Peer, type Peers } from "../src/index.ts";
import type { Envelope } from "../src/envelope.ts";
import { serve } from "../../../lab/wire/serve.ts";
import { werift } from "../../../lab/wire/werift.ts";

/** One client of the page's kind: a call, its peers, and a channel that both ends of each connection make. */
class Tab {
  readonly call: Call;
  readonly peers: Peers;
  readonly met: Peer[] = [];
  readonly lost: Peer[] = [];
  readonly heard: string[] = [];
  readonly #channels = new Map<string, RTCDataChannel>();
  #wake = Promise.withResolvers<void>();

  constructor(call: Call, channel = true) {
    this.call = call;
    this.peers = connectPeers(call, werift);
    this.peers.on("gone", (peer) => this.#tell(this.lost, peer));
    this.peers.on("peer", (peer) => {
      if (channel) this.open(peer);
      for (const change of ["connectionstatechange", "signalingstatechange"]) {
        // Once all of the change is done, of which the event is a part.
        peer.connection.addEventListener(change, () => setImmediate(() => this.#tell()));
      }
      this.#tell(this.met, peer);
    });
  }

  static async open(url: string, options: CallOptions = {}, channel = true): Promise<Tab> {
    return new Tab(await joinCall(url, "tea", options), channel);
  }

  open(peer: Peer): void {
    const channel = peer.connection.createDataChannel("chat", { negotiated: true, id: 0 });
    channel.addEventListener("open", () => this.#tell());
    channel.addEventListener("message", ({ data }) => this.#tell(this.heard, String(data)));
    this.#channels.set(peer.id, channel);
  }

  /** Resolves when it holds, looking whenever anything has happened. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.#wake.promise;
  }

  /** Resolves when so many peers are connected, no more are there, and their channels are open. */
  untilConnected(count: number): Promise<void> {
    return this.until(() => {
      const peers = [...this.peers.all.values()];
      return (
        peers.length === count &&
        peers.every(({ id }) => this.#channels.get(id)?.readyState === "open") &&
        peers.every(({ connection }) => connection.connectionState === "connected")
      );
    });
  }

  say(text: string): void {
    for (const { id } of this.peers.all.values()) this.#channels.get(id)?.send(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.call.leave();
  }

  #tell<Value>(list?: Value[], value?: Value): void {
    if (value !== undefined) list?.push(value);
    const woken = this.#wake;
    this.#wake = Promise.withResolvers();
    woken.resolve();
  }
}

test("peers › two connect, and talk", async (t) => {
  const { url } = await serve(t);
  await using one = await Tab.open(url);
  await using two = await Tab.open(url);
  await Promise.all([one.untilConnected(1), two.untilConnected(1)]);
  one.say("hello two");
  two.say("hello one");
  await one.until(() => one.heard.length === 1);
  await two.until(() => two.heard.length === 1);
  assert.deepEqual([one.heard, two.heard], [["hello one"], ["hello two"]]);
  assert.deepEqual([one.met.length, two.met.length, one.lost.length, two.lost.length], [1, 1, 0, 0]);
});

test("peers › three connect each with each, and one who comes when another has left", async (t) => {
  const { url } = await serve(t, { seatCount: 3 });
  await using one = await Tab.open(url);
  await using two = await Tab.open(url);
  const three = await Tab.open(url);
  await Promise.all([one, two, three].map((tab) => tab.untilConnected(2)));
  await three[Symbol.asyncDispose]();
  await Promise.all([one, two].map((tab) => tab.untilConnected(1)));
  await using four = await Tab.open(url);
  await Promise.all([one, two, four].map((tab) => tab.untilConnected(2)));
  assert.deepEqual(
    one.lost.map(({ id }) => id),
    [one.met[1]?.id],
  );
});

test("peers › one who has nothing to offer is met all the same, and tracks are added at any time", async (t) => {
  const { url } = await serve(t);
  await using one = await Tab.open(url, {}, false);
  await using two = await Tab.open(url, {}, false);
  await Promise.all([one, two].map((tab) => tab.until(() => tab.met.length === 1)));
  const track = audioTrack();
  const seen = new Promise<MediaStreamTrack>((resolve) => {
    one.met[0]?.connection.addEventListener("track", (event) => resolve(event.track));
  });
  two.peers.addTrack(track);
  assert.equal((await seen).kind, "audio");
  const receives = (): unknown => one.met[0]?.connection.getTransceivers()[0]?.currentDirection;
  await one.until(() => receives() === "recvonly");
  // A connection that is closed before it stood would leave werift trying for a minute.
  await Promise.all([one, two].map((tab) => tab.until(() => tab.met[0]?.isWell === true)));
  two.peers.removeTrack(track);
  await one.until(() => receives() !== "recvonly");
});

test("peers › those who introduce themselves in their own words are found by their hello", async (t) => {
  const { url } = await serve(t);
  await using one = await Tab.open(url, { introduction: "Anna" });
  await using two = await Tab.open(url, { introduction: "Ben" });
  await Promise.all([one.untilConnected(1), two.untilConnected(1)]);
  assert.deepEqual([one.met[0]?.introduction, two.met[0]?.introduction], ["Ben", "Anna"]);
});

test("peers › another instance takes the place of the one before, and nobody else's", async (t) => {
  const { url } = await serve(t, { seatCount: 3 });
  await using one = await Tab.open(url);
  await using two = await Tab.open(url);
  await using three = await Tab.open(url);
  await Promise.all([one, two, three].map((tab) => tab.untilConnected(2)));
  // What a reload does, but for the loss of the page: the same seat, and everything else new.
  const again = new Tab(two.call);
  await Promise.all([one, again, three].map((tab) => tab.untilConnected(2)));
  assert.deepEqual(
    one.lost.map(({ id, run }) => [id, run]),
    [[two.call.identity.from, 1]],
  );
  assert.deepEqual(
    one.met.map(({ run }) => run),
    [1, 1, 2],
  );
});

test("peers › drop what comes twice, what an older instance says, and what is said to somebody else", async (t) => {
  const { url } = await serve(t);
  await using tab = await Tab.open(url);
  await using bare = await joinCall(url, "tea", { introduction: "I speak for myself" });
  const say = (saying: Omit<Envelope, "from">): Promise<void> =>
    bare.offer(JSON.stringify({ from: "bare", ...saying }));
  await say({ run: 2, id: 1, hello: true });
  await tab.until(() => tab.met.length === 1);
  const made = tab.met[0];
  await say({ run: 1, id: 7, bye: true });
  await say({ run: 2, id: 2, to: "somebody else", bye: true });
  await say({ run: 2, id: 3, hello: true });
  await say({ run: 2, id: 3, hello: true });
  await bare.offer("no envelope at all");
  await bare.offer('{"from":1,"run":"2","id":null}');
  await bare.offer('{"from":"bare","run":4,"id":1,"hello":true,"introduction":{"trim":"no text"}}');
  await say({ run: 3, id: 1, hello: true });
  await tab.until(() => tab.met.length === 2);
  assert.deepEqual(tab.lost, [made]);
  assert.equal(tab.peers.all.get("bare")?.run, 3);
  await say({ run: 3, id: 2, bye: true });
  await tab.until(() => tab.lost.length === 2);
  assert.equal(tab.peers.all.size, 0);
});

test("peers › one that gave up its connection is called, and one that begins anew is not left alone", async (t) => {
  const { url } = await serve(t);
  await using tab = await Tab.open(url);
  await using bare = await joinCall(url, "tea", { introduction: "I speak for myself" });
  const self = tab.call.identity.from;
  const heard: Envelope[] = [];
  const until = async (says: (envelope: Envelope) => boolean): Promise<Envelope> => {
    for await (const { body } of bare) {
      const envelope: Envelope = JSON.parse(body);
      heard.push(envelope);
      if (says(envelope)) return envelope;
    }
    throw new Error(`never said, but ${JSON.stringify(heard)}`);
  };
  let id = 0;
  const say = (saying: object): Promise<void> => {
    id += 1;
    return bare.offer(JSON.stringify({ from: "bare", run: 1, id, ...saying }));
  };
  await say({ hello: true });
  const offer = await until(({ description }) => description?.type === "offer");
  // It answers out of its second connection, which the offer was not made for: the third one is offered to.
  await say({ to: self, link: 1, answers: offer.id, description: { type: "answer", sdp: "" } });
  await say({ to: self, link: 2, answers: offer.id, description: { type: "answer", sdp: "" } });
  const anew = await until(({ description }) => description?.type === "offer");
  assert.ok((anew.link ?? 0) > (offer.link ?? 0));
  await say({ to: self, link: 2, bye: true });
  assert.equal((await until(({ hello }) => hello === true)).to, undefined);
  assert.deepEqual([tab.met.length, tab.lost.length], [2, 2]);
});

test("peers › both offer at once: one gives way", async (t) => {
  const { url } = await serve(t);
  await using one = await Tab.open(url);
  await using two = await Tab.open(url);
  await Promise.all([one.untilConnected(1), two.untilConnected(1)]);
  for (const tab of [one, two]) tab.peers.addTrack(audioTrack());
  const both = (tab: Tab): boolean =>
    tab.met[0]?.isWell === true &&
    tab.met[0].connection.getReceivers().filter(({ track }) => track.kind === "audio").length > 0 &&
    tab.met[0].connection.getSenders().some(({ track }) => track?.kind === "audio");
  await Promise.all([one, two].map((tab) => tab.until(() => both(tab))));
  one.say("still here");
  await two.until(() => two.heard.length === 1);
});

test("peers › there is a clear error where there is no WebRTC", async (t) => {
  const { url } = await serve(t);
  await using call = await joinCall(url, "tea");
  assert.throws(() => connectPeers(call), { code: "no_webrtc" });
});

function audioTrack(): MediaStreamTrack {
  const track: unknown = new WeriftTrack({ kind: "audio" });
  assert.ok(isTrack(track));
  return track;
}

function isTrack(value: unknown): value is MediaStreamTrack {
  return value instanceof WeriftTrack;
}
