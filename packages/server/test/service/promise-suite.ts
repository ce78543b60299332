import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { join, leave, post, signal, TestPeer } from "../../../../lab/wire/test-peer.ts";

/** Two processes that serve the same calls, of two seats each and a lease of `leaseMs`. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly leaseMs: number;
}

/** The two processes, and two calls that nobody has used. */
interface Scene extends Pair {
  readonly tea: string;
  readonly coffee: string;
}

type Promised = readonly [title: string, body: (scene: Scene) => Promise<void>];

/** The promises of the design that clients can see, as one suite over any two processes. */
export function promiseSuite(name: string, open: (t: TestContext) => Promise<Pair>): void {
  for (const [index, [title, body]] of promises.entries()) {
    const calls = { tea: `tea ${index}`, coffee: `coffee ${index}` };
    test(`${name} › ${title}`, async (t) => body({ ...(await open(t)), ...calls }));
  }
}

const offer = (call: string, text: string): object => ({ kind: "OFFER", call, body: text });
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

const promises: readonly Promised[] = [
  [
    "promise 1, 2 › of many joins on both processes exactly as many as there are seats get one",
    async ({ a, b, tea }) => {
      const joins = numbers(30).map((i) =>
        fetch(`${Number(i) % 2 === 0 ? a : b}/call/${encodeURIComponent(tea)}`),
      );
      const statuses = (await Promise.all(joins)).map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 200).length, 2);
      assert.equal(statuses.filter((status) => status === 409).length, 28);
    },
  ],
  [
    "promise 3 › a session that left never again gets a WELCOME, a 200, or a signal out",
    async ({ a, b, tea }) => {
      const [leaver, stayer] = [await join(a, tea), await join(b, tea)];
      const peer = await TestPeer.attach(b, stayer);
      assert.equal(await leave(a, leaver), 200);
      assert.equal(await signal(b, leaver, "OFFER", "from the dead"), 409);
      const knocking = await TestPeer.knock(b, leaver);
      assert.deepEqual(await knocking.closed, { code: 4409, reason: "bad seat" });
      assert.deepEqual(knocking.heard, []);
      await join(a, tea);
      assert.deepEqual(await peer.next(), { kind: "PEER", call: tea });
    },
  ],
  [
    "promise 4 › signals posted before the receiver opened its websocket arrive, in order, on any process",
    async ({ a, b, tea }) => {
      const [one, two] = [await join(a, tea), await join(b, tea)];
      for (const text of numbers(20)) assert.equal(await signal(a, one, "OFFER", text), 200);
      const peer = await TestPeer.attach(b, two);
      assert.deepEqual(
        await peer.take(20),
        numbers(20).map((text) => offer(tea, text)),
      );
    },
  ],
  [
    "promise 4 › a client that resumes by seq hears everything exactly once, across reconnects on both processes",
    async ({ a, b, tea }) => {
      const [one, two] = [await join(a, tea), await join(b, tea)];
      const heard: string[] = [];
      let seq = 0;
      for (let round = 0; round < 10; round += 1) {
        const peer = await TestPeer.attach(round % 2 === 0 ? a : b, two, seq);
        assert.equal(peer.heard[0]?.recovered, true);
        const expected = round === 0 ? 0 : 2;
        const texts = numbers(3).map((i) => `${round}.${i}`);
        for (const text of texts) assert.equal(await signal(a, one, "CANDIDATE", text), 200);
        for (const message of await peer.take(expected + 3)) {
          assert.ok((message.seq ?? 0) > seq, "seq did not rise");
          seq = message.seq ?? 0;
          heard.push(message.body ?? "");
        }
        peer.vanish();
        for (const i of ["a", "b"]) assert.equal(await signal(b, one, "CANDIDATE", `${round}.${i}`), 200);
      }
      const all = numbers(10).flatMap((round) => ["0", "1", "2", "a", "b"].map((i) => `${round}.${i}`));
      assert.deepEqual(heard, all.slice(0, -2));
    },
  ],
  [
    "promise 4 › a client of the seed that comes back hears what came meanwhile, and again no more than what no pong has proven",
    async ({ a, b, leaseMs, tea }) => {
      const [one, two] = [await join(a, tea), await join(b, tea)];
      const first = await TestPeer.attach(a, two);
      assert.equal(await signal(a, one, "OFFER", "proven"), 200);
      await first.next();
      // Within a second of it a ping asks what the client has; the pong's renewal is older than the next one's.
      const asked = first.pings.length;
      await first.until(() => first.pings.length >= asked + 2);
      first.vanish();
      assert.equal(await signal(b, one, "OFFER", "meanwhile"), 200);
      const second = await TestPeer.attach(b, two);
      assert.deepEqual(await second.next(), offer(tea, "meanwhile"));
      assert.ok(leaseMs > 0);
    },
  ],
  [
    "promise 5 › what the log no longer has is told: recovered false with a seq, 4410 without one, and only once",
    async ({ a, b, tea }) => {
      const [one, two] = [await join(a, tea), await join(b, tea)];
      // Holds its seat meanwhile.
      await TestPeer.attach(a, one, 0);
      for (const text of numbers(300)) assert.equal(await signal(a, one, "CANDIDATE", text), 200);
      const resuming = await TestPeer.attach(b, two, 0);
      assert.equal(resuming.heard[0]?.recovered, false);
      assert.equal((await resuming.next()).body, String(300 - 256));
      resuming.vanish();
      for (const text of numbers(300)) assert.equal(await signal(a, one, "CANDIDATE", text), 200);
      const seeds = await TestPeer.knock(a, two);
      assert.deepEqual(await seeds.closed, { code: 4410, reason: "events lost" });
      assert.deepEqual(seeds.heard, []);
      const again = await TestPeer.attach(a, two);
      assert.equal((await again.next()).body, String(300 - 256));
    },
  ],
  [
    "promise 6 › nothing reaches its sender, another call, or a session that joined after it was published",
    async ({ a, b, tea, coffee }) => {
      const one = await join(a, tea);
      const other = await TestPeer.attach(b, await join(b, coffee));
      const sender = await TestPeer.attach(b, one);
      assert.equal(await signal(a, one, "OFFER", "before anybody"), 200);
      const two = await join(b, tea);
      assert.deepEqual(await sender.next(), { kind: "PEER", call: tea });
      assert.equal(await signal(b, one, "OFFER", "for two"), 200);
      const peer = await TestPeer.attach(a, two);
      assert.deepEqual(await peer.next(), offer(tea, "for two"));
      assert.equal(await signal(a, two, "ANSWER", "for one"), 200);
      assert.deepEqual(await sender.next(), { kind: "ANSWER", call: tea, body: "for one" });
      assert.deepEqual([sender.heard.length, peer.heard.length, other.heard.length], [3, 2, 1]);
    },
  ],
  [
    "promise 7 › everybody hears one order, and positions on one websocket strictly increase",
    async ({ a, b, tea }) => {
      const [one, two] = [await join(a, tea), await join(b, tea)];
      const peers = [await TestPeer.attach(a, one, 0), await TestPeer.attach(b, two, 0)] as const;
      const posts = numbers(60).map((i) =>
        signal(Number(i) % 2 === 0 ? a : b, Number(i) % 3 === 0 ? one : two, "OFFER", i),
      );
      assert.ok((await Promise.all(posts)).every((status) => status === 200));
      const heardByOne = await peers[0].take(1 + 40);
      const heardByTwo = await peers[1].take(20);
      const bySeq = new Map<number, string>();
      for (const list of [heardByOne, heardByTwo]) {
        let last = 0;
        for (const { seq = 0, body = "" } of list) {
          assert.ok(seq > last);
          last = seq;
          assert.ok(!bySeq.has(seq), "one position, two events");
          bySeq.set(seq, body);
        }
      }
      assert.equal(bySeq.size, 61);
    },
  ],
  [
    "promise 8 › of two peers exactly one hears the other's PEER, and a reconnect makes none",
    async ({ a, b }) => {
      for (let round = 0; round < 20; round += 1) {
        const call = `race ${round}`;
        const tickets = await Promise.all([join(a, call), join(b, call)]);
        const peers = await Promise.all([TestPeer.attach(a, tickets[0]), TestPeer.attach(b, tickets[1])]);
        const again = await TestPeer.attach(b, tickets[0], 0);
        // Each signal follows whatever PEER there is, so nothing more comes before it.
        for (const ticket of tickets) assert.equal(await signal(a, ticket, "OFFER", "end"), 200);
        const ofSecond = await heardUntilEnd(peers[1]);
        const ofFirst = await heardUntilEnd(again);
        assert.deepEqual([...ofFirst, ...ofSecond], ["PEER"]);
      }
    },
  ],
  [
    "promise 8 › an introduction is the body of its PEER",
    async ({ a, b, tea }) => {
      const one = await TestPeer.attach(a, await join(a, tea));
      await join(b, tea, "I am two");
      assert.deepEqual(await one.next(), { kind: "PEER", call: tea, body: "I am two" });
    },
  ],
  [
    "promise 9 › WELCOME is the first frame, once, and what is published right after it arrives",
    async ({ a, b }) => {
      for (const text of numbers(20)) {
        const [one, two] = [await join(a, text), await join(b, text)];
        const peer = await TestPeer.attach(b, two);
        assert.equal(await signal(a, one, "OFFER", "x"), 200);
        assert.deepEqual(await peer.next(), offer(text, "x"));
        assert.deepEqual(peer.heard[0], { kind: "WELCOME", call: text });
        peer.vanish();
      }
    },
  ],
  [
    "promise 10 › a newer websocket closes the older one 4001 on any process, and no event after it goes to the older",
    async ({ a, b, tea }) => {
      const [one, two] = [await join(a, tea), await join(b, tea)];
      const older = await TestPeer.attach(a, two);
      const newer = await TestPeer.attach(b, two);
      assert.equal(await signal(a, one, "OFFER", "for the newer"), 200);
      assert.deepEqual(await newer.next(), offer(tea, "for the newer"));
      assert.deepEqual(await older.closed, { code: 4001, reason: "replaced" });
      assert.equal(older.heard.length, 1);
    },
  ],
  [
    "promise 11 › a leave closes the session's websocket on any process, 1000 left, and frees the seat at once",
    async ({ a, b, tea }) => {
      const [one] = [await join(a, tea), await join(b, tea)];
      const peer = await TestPeer.attach(a, one);
      assert.equal(await leave(b, one), 200);
      assert.deepEqual(await peer.closed, { code: 1000, reason: "left" });
      await join(b, tea);
    },
  ],
  [
    "promise 11, 12 › pongs hold a seat far beyond its lease; a dead client's seat is free after it",
    async ({ a, b, leaseMs, tea }) => {
      const living = await TestPeer.attach(a, await join(a, tea));
      const dead = await TestPeer.attach(b, await join(b, tea));
      const pings = Math.ceil((3 * leaseMs) / 100);
      dead.vanish();
      let status = 409;
      while (status === 409) ({ status } = await fetch(`${a}/call/${encodeURIComponent(tea)}`));
      assert.equal(status, 200);
      await living.until(() => living.pings.length >= Math.min(pings, 10));
      assert.equal((await fetch(`${b}/call/${encodeURIComponent(tea)}`)).status, 409);
      assert.equal(living.socket.readyState, living.socket.OPEN);
    },
  ],
  [
    "promise 13 › a request refused with a 4xx changes nothing, and no session reaches another client",
    async ({ a, b, tea, coffee }) => {
      const [one, two] = [await join(a, tea), await join(b, tea)];
      const peer = await TestPeer.attach(b, two);
      for (const wrong of [
        { kind: "SHOUT" },
        { body: "" },
        { call: coffee },
        { session: two.session.slice(1) },
      ]) {
        const response = await post(a, "/signal", { ...one, kind: "OFFER", body: "x", ...wrong });
        assert.ok(response.status >= 400 && response.status < 500);
        assert.ok(!(await response.text()).includes(one.session));
      }
      assert.equal(await signal(a, one, "OFFER", "right"), 200);
      assert.deepEqual(await peer.next(), offer(tea, "right"));
      assert.ok(!JSON.stringify(peer.heard).includes(one.session));
    },
  ],
];

/** The kinds heard before both ends: a peer hears one end, of the other. */
async function heardUntilEnd(peer: TestPeer): Promise<string[]> {
  const kinds: string[] = [];
  for (;;) {
    const { kind, body } = await peer.next();
    if (body === "end") return kinds;
    kinds.push(kind);
  }
}
