import { callFeedContext } from "../../../../../lab/wire/call-feed-context.ts";
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import test, { type TestContext } from "node:test";
import { CallFeeds } from "../../../src/calls/feed/call-feeds.ts";
import { type TestableMemoryBackend, testableMemoryBackend } from "../../../src/testing.ts";
import type { CallEvent } from "../../../src/calls/feed/envelope.ts";
import { type Receiver, CallFeed } from "../../../src/calls/feed/call-feed.ts";
import type { Report } from "../../../src/calls/ports/telemetry.ts";
import { attachOk, bodyOf, eventsOf, type Ok, publishOk, type Seat, take } from "../../backends/steps.ts";
import { type AttachReply, BackendError } from "../../../src/calls/ports/backend.ts";
import { type HeldBackend, heldBackend } from "../../../../../lab/wire/held-backend.ts";

const limits = { seatCount: 3, leaseMs: 30_000, logEntries: 8, logBytes: 4096 };

/** Attends a call and keeps what it is told. */
class Listener extends EventEmitter implements Receiver {
  readonly seatNumber: number;
  readonly generation: number;
  lastEvent: number;
  readonly told: string[] = [];
  readonly #callFeed: CallFeed;

  constructor(callFeed: CallFeed, place: Ok<AttachReply>) {
    super();
    this.#callFeed = callFeed;
    this.seatNumber = place.seatNumber;
    this.generation = place.generation;
    this.lastEvent = place.head;
    for (const event of eventsOf(place.log)) this.#tell(`event ${event.eventCount}`);
  }

  receive(event: CallEvent): void {
    if (event.eventCount <= this.lastEvent) return;
    this.lastEvent = event.eventCount;
    this.#tell(`event ${event.eventCount}`);
  }

  end(reason: string): void {
    this.#callFeed.remove(this);
    this.#tell(reason);
  }

  lose(cursor: number): void {
    this.#callFeed.remove(this);
    this.#tell(`lose ${cursor}`);
  }

  verify(): void {
    this.#tell("verify");
  }

  async until(count: number): Promise<string[]> {
    while (this.told.length < count) await once(this, "told");
    return this.told;
  }

  #tell(what: string): void {
    this.told.push(what);
    this.emit("told");
  }
}

interface Scene {
  readonly backend: TestableMemoryBackend;
  readonly held: HeldBackend;
  readonly callFeeds: CallFeeds;
  readonly reports: Report[];
  readonly attach: (seat: Seat, since?: number) => Promise<Listener>;
}

function scene(t: TestContext): Scene {
  const backend = testableMemoryBackend();
  const held = heldBackend({ memory: backend });
  const reports: Report[] = [];
  const callFeeds = new CallFeeds(callFeedContext(held.backend, (report) => void reports.push(report)));
  t.after(async () => {
    await callFeeds.close();
    await backend.close();
  });
  const attach = async (seat: Seat, since?: number): Promise<Listener> => {
    const callFeed = callFeeds.acquire("tea");
    const subscription = await callFeed.whenSubscribed(1000);
    const place = await attachOk(backend, "tea", seat, limits, since);
    const listener = new Listener(callFeed, place);
    callFeed.add(listener, place, subscription);
    return listener;
  };
  return { backend, held, callFeeds, reports, attach };
}

async function seats(backend: TestableMemoryBackend): Promise<[Seat, Seat]> {
  return [await take(backend, "tea", limits), await take(backend, "tea", limits)];
}

/** Lets the messages on their way arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test("inbox › promise 7 › delivers each event once and in order", async (t) => {
  const { backend, attach } = scene(t);
  const [one, two] = await seats(backend);
  const listener = await attach(two);
  for (let i = 0; i < 20; i += 1) await publishOk(backend, "tea", one, "x", limits);
  assert.deepEqual(
    await listener.until(20),
    Array.from({ length: 20 }, (_, i) => `event ${i + 3}`),
  );
});

test("inbox › promise 5 › a message that never came shows as a gap at the next one, and the log fills it", async (t) => {
  const { backend, attach, reports } = scene(t);
  const [one, two] = await seats(backend);
  const listener = await attach(two);
  backend.drop();
  await publishOk(backend, "tea", one, "dropped", limits);
  await settle();
  assert.deepEqual(listener.told, []);
  await publishOk(backend, "tea", one, "shows the gap", limits);
  await publishOk(backend, "tea", one, "comes meanwhile", limits);
  assert.deepEqual(await listener.until(3), ["event 3", "event 4", "event 5"]);
  assert.ok(reports.some((report) => report.event === "resync" && report.outcome === "ok"));
});

test("inbox › promise 5 › a call that renewals show to be behind is compared with its log", async (t) => {
  const { backend, attach, callFeeds } = scene(t);
  const [one, two] = await seats(backend);
  const listener = await attach(two);
  backend.drop();
  const n = await publishOk(backend, "tea", one, "dropped", limits);
  await settle();
  const callFeed = callFeeds.acquire("tea");
  callFeed.checkPosition(one.epoch, n, 1);
  assert.deepEqual(await listener.until(1), ["event 3"]);
});

test("inbox › promise 4 › what a lost channel missed comes from the log once it is heard again", async (t) => {
  const { backend, attach } = scene(t);
  const [one, two] = await seats(backend);
  const listener = await attach(two);
  await publishOk(backend, "tea", one, "on its way", limits);
  backend.cut();
  await publishOk(backend, "tea", one, "while away", limits);
  assert.deepEqual(await listener.until(2), ["event 3", "event 4"]);
  await publishOk(backend, "tea", one, "after", limits);
  assert.deepEqual(await listener.until(3), ["event 3", "event 4", "event 5"]);
});

test("inbox › promise 9 › a channel lost between hearing and attaching is compared before anything is delivered", async (t) => {
  const { backend, callFeeds } = scene(t);
  const [one, two] = await seats(backend);
  const callFeed = callFeeds.acquire("tea");
  const subscription = await callFeed.whenSubscribed(1000);
  const place = await attachOk(backend, "tea", two, limits);
  await publishOk(backend, "tea", one, "lost on its way", limits);
  backend.cut();
  const listener = new Listener(callFeed, place);
  callFeed.add(listener, place, subscription);
  await settle();
  assert.deepEqual(listener.told, ["event 3"]);
});

test("inbox › promise 4 › what comes while the log is compared is delivered after it", async (t) => {
  const { backend, held, attach } = scene(t);
  const [one, two] = await seats(backend);
  const listener = await attach(two);
  const compared = held.hold("resync");
  backend.cut();
  await compared;
  await publishOk(backend, "tea", one, "comes meanwhile", limits);
  await settle();
  assert.deepEqual(listener.told, []);
  held.release();
  await settle();
  assert.deepEqual(listener.told, ["event 3"]);
});

test("inbox › promise 4 › a comparison that the backend did not answer is tried again", async (t) => {
  const { backend } = scene(t);
  const [one, two] = await seats(backend);
  const later: (() => void)[] = [];
  let refusals = 1;
  const resync: TestableMemoryBackend["resync"] = async (...args) => {
    refusals -= 1;
    if (refusals >= 0) throw new BackendError("unsent");
    return backend.resync(...args);
  };
  const callFeed = new CallFeed("tea", {
    ...callFeedContext({ resync }),
    later: (_, run) => {
      later.push(run);
      return { cancel() {} };
    },
  });
  callFeed.subscribed();
  const place = await attachOk(backend, "tea", two, limits);
  const listener = new Listener(callFeed, place);
  callFeed.add(listener, place, await callFeed.whenSubscribed(0));
  callFeed.lost();
  await publishOk(backend, "tea", one, "while away", limits);
  callFeed.subscribed();
  await settle();
  assert.deepEqual(listener.told, []);
  for (const run of later.splice(0)) run();
  await settle();
  assert.deepEqual(listener.told, ["event 3"]);
});

test("inbox › promise 4 › a second websocket is given what this process heard before it was added", async (t) => {
  const { backend, attach, callFeeds } = scene(t);
  const [one, two] = await seats(backend);
  const first = await attach(two);
  const callFeed = callFeeds.acquire("tea");
  const subscription = await callFeed.whenSubscribed(1000);
  const place = await attachOk(backend, "tea", one, limits);
  await publishOk(backend, "tea", two, "between attach and add", limits);
  await first.until(1);
  const listener = new Listener(callFeed, place);
  callFeed.add(listener, place, subscription);
  assert.deepEqual(await listener.until(2), ["event 2", "event 3"]);
});

test("inbox › promise 10 › a newer attach ends the older one before any event after it, also when its message is lost", async (t) => {
  for (const loses of [false, true]) {
    const { backend, attach } = scene(t);
    const [one, two] = await seats(backend);
    await attach(one);
    const older = await attach(two);
    if (loses) backend.drop();
    const newer = await attach(two);
    await publishOk(backend, "tea", one, "after", limits);
    assert.deepEqual(await newer.until(1), ["event 3"]);
    assert.deepEqual(await older.until(1), ["replaced"]);
  }
});

test("inbox › promise 11 › a leave ends its websocket, also when its message is lost", async (t) => {
  for (const [loses, told] of [
    [false, "left"],
    [true, "verify"],
  ] as const) {
    const { backend, attach } = scene(t);
    const [one, two] = await seats(backend);
    await attach(one);
    const leaver = await attach(two);
    if (loses) backend.drop();
    await backend.leave("tea", two.session);
    await publishOk(backend, "tea", one, "after", limits);
    assert.deepEqual(await leaver.until(1), [told]);
  }
});

test("inbox › promise 5 › who is below a trimmed log loses, who is not goes on", async (t) => {
  const { backend, attach } = scene(t);
  const [one, two] = await seats(backend);
  const listener = await attach(two);
  backend.drop();
  await publishOk(backend, "tea", one, "dropped", limits);
  await settle();
  // More than the log holds, unheard: the channel is cut with them on their way.
  for (let i = 0; i < 10; i += 1) await publishOk(backend, "tea", one, "x", limits);
  backend.cut();
  assert.deepEqual(await listener.until(1), ["lose 5"]);
});

test("inbox › promise 5 › a call that began anew makes its attendees ask what became of their seats", async (t) => {
  for (const change of ["empty", "restart"] as const) {
    const { backend, attach } = scene(t);
    const [one, two] = await seats(backend);
    const listener = await attach(two);
    await attach(one);
    backend[change]();
    const [three, call] = [change === "empty" ? await take(backend, "tea", limits) : one, "tea"];
    await backend.publish(call, three.session, "OFFER", bodyOf("anew"), limits);
    assert.deepEqual(await listener.until(1), ["verify"]);
  }
});

test("inbox › promise 14 › is subscribed while somebody uses it, and no longer", async (t) => {
  const { callFeeds } = scene(t);
  callFeeds.acquire("tea");
  callFeeds.acquire("tea");
  callFeeds.release("tea");
  assert.equal(callFeeds.size, 1);
  callFeeds.release("tea");
  assert.equal(callFeeds.size, 0);
  callFeeds.release("tea");
});
