import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { testableMemoryBackend } from "../../src/testing.ts";
import type { Service, ServiceOptions } from "../../src/service.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, signal, TestPeer, type Ticket } from "../../../../lab/wire/test-peer.ts";

/** A lease of fifteen pings. */
const often = { wsPingIntervalMs: 100, wsReadTimeoutMs: 1000, seatTimeoutMs: 1500 };
const impatient = { wsPingIntervalMs: 100, wsReadTimeoutMs: 600, seatCount: 1 };

/** A service whose leases end only when the test says so. */
async function serveWithClock(t: TestContext, options: ServiceOptions) {
  let clock = 1_000_000;
  const backend = testableMemoryBackend(() => clock);
  t.after(() => backend.close());
  const service: Service = await serve(t, { ...options, backend });
  const pass = (ms: number): void => {
    clock += ms;
  };
  return { url: service.url, pass };
}

/** Attaches a client that answers each ping with the given pong, or with none. */
async function attachPonging(
  url: string,
  ticket: Ticket,
  pong?: (ping: string) => string,
): Promise<TestPeer> {
  const peer = new TestPeer(url, { autoPong: false });
  peer.socket.once("open", () => peer.socket.send(JSON.stringify(ticket)));
  if (pong !== undefined) peer.socket.on("ping", (data: Buffer) => peer.socket.pong(pong(data.toString())));
  assert.equal((await peer.next()).kind, "WELCOME");
  return peer;
}

test("pings › come at an interval and carry a counter", async (t) => {
  const { url } = await serve(t, often);
  const peer = await TestPeer.attach(url, await join(url, "tea"));
  await peer.until(() => peer.pings.length >= 5);
  assert.deepEqual(peer.pings.slice(0, 5), ["1", "2", "3", "4", "5"]);
});

test("pongs › keep the seat beyond its lease, also those to an older ping still unanswered", async (t) => {
  const { url } = await serve(t, { ...often, seatCount: 1 });
  const prompt = await join(url, "prompt");
  const late = await join(url, "late");
  const peers = [
    await attachPonging(url, prompt, (ping) => ping),
    await attachPonging(url, late, (ping) => String(Math.max(1, Number(ping) - 2))),
  ];
  await Promise.all(peers.map((peer) => peer.until(() => peer.pings.length >= 22)));
  for (const ticket of [prompt, late]) {
    assert.equal(await signal(url, ticket, "OFFER", "x"), 200);
    await assert.rejects(join(url, ticket.call), /409/);
  }
});

/** What a client may answer a ping with that is no pong to it. */
const wrongPongs: Readonly<Record<string, (ping: string) => string>> = {
  "an empty one": () => "",
  "one that comes too early": (ping) => String(Number(ping) + 1),
  "one far ahead": () => "4294967296",
  "one that is no number": () => "NaN",
  "a negative one": (ping) => `-${ping}`,
  "the first one's, over and over": () => "1",
};

/** Answers by which pong a client outlived its read time-out, and by which it was closed. */
async function closedFor(url: string, pongs: typeof wrongPongs): Promise<Record<string, string>> {
  const outcomes = Object.entries(pongs).map(async ([what, pong]) => {
    const peer = await attachPonging(url, await join(url, what), pong);
    const lasted = peer.until(() => peer.pings.length >= 20).then(() => "lasted");
    return [what, await lasted.catch((error: Error) => error.message)] as const;
  });
  return Object.fromEntries(await Promise.all(outcomes));
}

test("pongs › that answer no outstanding ping renew nothing: 4408 pong timeout", async (t) => {
  const { url } = await serve(t, impatient);
  const expected = Object.keys(wrongPongs).map((what) => [what, "closed 4408 pong timeout"]);
  assert.deepEqual(await closedFor(url, wrongPongs), Object.fromEntries(expected));
});

test("pongs › carry exactly what the ping did (RFC 6455, section 5.5.3): the same number is not enough", async (t) => {
  const { url } = await serve(t, impatient);
  const spelled = {
    hexadecimal: (ping: string) => `0x${Number(ping).toString(16)}`,
    padded: (ping: string) => ` ${ping} `,
    fractional: (ping: string) => `${ping}.0`,
  };
  const expected = Object.keys(spelled).map((what) => [what, "closed 4408 pong timeout"]);
  assert.deepEqual(await closedFor(url, spelled), Object.fromEntries(expected));
});

test("pongs › messages and pings of a client are none", async (t) => {
  const { url } = await serve(t, impatient);
  const peer = await attachPonging(url, await join(url, "tea"));
  peer.socket.on("ping", (data: Buffer) => {
    peer.socket.send(data);
    peer.socket.ping(data);
  });
  await assert.rejects(
    peer.until(() => peer.pings.length >= 20),
    /closed 4408 pong timeout/,
  );
});

test("pongs › a client that never pongs is closed 4408, and its seat is free when its lease ends", async (t) => {
  const { url, pass } = await serveWithClock(t, impatient);
  const ticket = await join(url, "tea");
  const peer = await attachPonging(url, ticket);
  assert.deepEqual(await peer.closed, { code: 4408, reason: "pong timeout" });
  pass(29_999);
  await assert.rejects(join(url, "tea"), /409/);
  pass(1);
  assert.notEqual((await join(url, "tea")).session, ticket.session);
  const late = await TestPeer.knock(url, ticket);
  assert.deepEqual(await late.closed, { code: 4409, reason: "bad seat" });
});

test("pongs › a client closed for their lack comes back with its session, and hears what it missed", async (t) => {
  const { url } = await serveWithClock(t, { ...impatient, seatCount: 2 });
  const ticket = await join(url, "tea");
  const silent = await attachPonging(url, ticket);
  await silent.closed;
  const other = await join(url, "tea");
  assert.equal(await signal(url, other, "OFFER", "missed"), 200);
  const back = await TestPeer.attach(url, ticket);
  assert.deepEqual(await back.take(2), [
    { kind: "PEER", call: "tea" },
    { kind: "OFFER", call: "tea", body: "missed" },
  ]);
});

test("presence › a session whose seat is gone is closed 4409 seat renewal failure", async (t) => {
  const { url, pass } = await serveWithClock(t, { ...often, seatTimeoutMs: 30_000, seatCount: 1 });
  const peer = await TestPeer.attach(url, await join(url, "tea"));
  pass(30_000);
  const other = await join(url, "tea");
  assert.deepEqual(await peer.closed, { code: 4409, reason: "seat renewal failure" });
  assert.equal(await signal(url, other, "OFFER", "x"), 200);
});

test("presence › an ended websocket keeps the seat until its lease ends, and no longer", async (t) => {
  const { url, pass } = await serveWithClock(t, { seatCount: 1 });
  const ticket = await join(url, "tea");
  (await TestPeer.attach(url, ticket)).vanish();
  pass(29_999);
  await assert.rejects(join(url, "tea"), /409/);
  pass(1);
  await join(url, "tea");
  assert.equal(await signal(url, ticket, "OFFER", "x"), 409);
});

test("presence › a reattach renews the lease", async (t) => {
  const { url, pass } = await serveWithClock(t, { seatCount: 1 });
  const ticket = await join(url, "tea");
  for (let times = 0; times < 5; times += 1) {
    pass(20_000);
    (await TestPeer.attach(url, ticket)).vanish();
  }
  await assert.rejects(join(url, "tea"), /409/);
});
