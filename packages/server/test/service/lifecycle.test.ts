import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import test from "node:test";
import { startService } from "../../src/service.ts";
import { heldBackend } from "../../../../lab/wire/held-backend.ts";
import {
  ask,
  assertProblem,
  frame,
  opcodes,
  RawConnection,
  requestBytes,
  upgradeHeaders,
} from "../../../../lab/wire/raw-http.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, leave, signal, TestPeer, type Ticket } from "../../../../lab/wire/test-peer.ts";

const anywhere = { host: "127.0.0.1", port: 0 };
const restarting = { code: 1012, reason: "restarting" };

/** Whether something listens at a URL. */
function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  return new Promise((resolve) => {
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** The statuses of the health checks, live, ready and the seed's. */
async function health(adminUrl: string): Promise<number[]> {
  const pages = ["/livez", "/readyz", "/healthz"];
  return Promise.all(pages.map(async (page) => (await ask(adminUrl, { target: page })).status));
}

/** So many sessions of one call, each with its websocket. */
async function attachAll(url: string, count: number): Promise<{ tickets: Ticket[]; peers: TestPeer[] }> {
  const tickets: Ticket[] = [];
  const peers: TestPeer[] = [];
  for (let at = 0; at < count; at += 1) {
    const ticket = await join(url, "tea");
    tickets.push(ticket);
    peers.push(await TestPeer.attach(url, ticket));
  }
  return { tickets, peers };
}

test("close › drains: refuses new peers, serves those it has, and closes their websockets 1012 in turn", async (t) => {
  const { backend } = heldBackend({ outlivesProcess: true });
  const service = await serve(t, { backend, drainTimeoutMs: 3000, seatCount: 20 });
  const { url, adminUrl } = service;
  const { tickets, peers } = await attachAll(url, 10);
  const [first, leaver, sender, , , , , , , last] = tickets;
  const [firstPeer, , , , , , , , , lastPeer] = peers;
  assert.ok(first && leaver && sender && last && firstPeer && lastPeer);
  assert.deepEqual(await health(adminUrl), [200, 200, 200]);

  const closing = service.close();
  assert.deepEqual(await health(adminUrl), [200, 503, 503]);
  assert.deepEqual(await firstPeer.closed, restarting);
  const refused = [
    { target: "/call/tea" },
    { method: "POST", target: "/call/tea" },
    { target: "/ws", headers: upgradeHeaders },
  ];
  for (const request of refused) {
    const answer = await ask(url, request);
    assertProblem(answer, 503, "draining");
    assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  }
  assert.equal(await signal(url, first, "OFFER", "while draining"), 200);
  await lastPeer.until(() => lastPeer.heard.some(({ body }) => body === "while draining"));
  assert.equal(await leave(url, leaver), 200);
  assert.equal(await signal(url, leaver, "OFFER", "x"), 409);
  assert.equal((await ask(url, { method: "OPTIONS", target: "/signal" })).status, 204);
  assert.equal((await ask(url, { target: "/nowhere" })).status, 404);

  await closing;
  const closes = await Promise.all(peers.map(({ closed }) => closed));
  const { code } = closes[1] ?? { code: 0 };
  // Who left was told so, unless its turn had come before.
  assert.ok(code === 1000 || code === 1012);
  for (const [at, close] of closes.entries()) if (at !== 1) assert.deepEqual(close, restarting);
  assert.deepEqual(await Promise.all([listens(url), listens(adminUrl)]), [false, false]);
});

test("close › a client that was closed 1012 comes back elsewhere with its session, having missed nothing", async (t) => {
  const { backend } = heldBackend({ outlivesProcess: true });
  const [one, two] = [await serve(t, { backend, drainTimeoutMs: 1000 }), await serve(t, { backend })];
  const ticket = await join(one.url, "tea");
  const peer = await TestPeer.attach(one.url, ticket);
  const other = await join(two.url, "tea");
  assert.equal(await signal(two.url, other, "OFFER", "before"), 200);
  await peer.take(2);
  await one.close();
  assert.deepEqual(await peer.closed, restarting);
  assert.equal(await signal(two.url, other, "OFFER", "after"), 200);
  const back = await TestPeer.attach(two.url, ticket);
  assert.deepEqual(await back.next(), { kind: "OFFER", call: "tea", body: "after" });
});

test(
  "close › is at once where seats end with the process, however long the drain may take",
  { timeout: 20_000 },
  async (t) => {
    const service = await serve(t, { drainTimeoutMs: 3_600_000, seatCount: 10 });
    const { peers } = await attachAll(service.url, 10);
    const greeting = new TestPeer(service.url);
    await once(greeting.socket, "open");
    await service.close();
    for (const { closed } of [...peers, greeting]) assert.deepEqual(await closed, restarting);
  },
);

test("close › ends as soon as nothing is left to drain", { timeout: 5000 }, async (t) => {
  const { backend } = heldBackend({ outlivesProcess: true });
  const service = await serve(t, { backend, drainTimeoutMs: 20_000 });
  const { peers } = await attachAll(service.url, 2);
  const [first, second] = peers;
  assert.ok(first && second);
  const closing = service.close();
  assert.deepEqual(await first.closed, restarting);
  second.socket.close();
  await closing;
});

test(
  "close › is not upset by clients that break the protocol or vanish meanwhile",
  { timeout: 20_000 },
  async (t) => {
    const { backend } = heldBackend({ outlivesProcess: true });
    const service = await serve(t, { backend, drainTimeoutMs: 2000, seatCount: 10 });
    const { peers } = await attachAll(service.url, 6);
    const [first, , , , , last] = peers;
    assert.ok(first && last);
    const rude = await RawConnection.upgrade(service.url);
    const closing = service.close();
    await first.closed;
    last.vanish();
    rude.send(frame(opcodes.text, "x", { masked: false }));
    assert.equal((await rude.closeFrame()).code, 1002);
    rude.socket.destroy();
    await closing;
  },
);

test("close › websockets without a handshake, and those whose attach is in flight, are closed 1012 too", async (t) => {
  const held = heldBackend({ outlivesProcess: true });
  const service = await serve(t, { backend: held.backend, drainTimeoutMs: 200 });
  const greeting = new TestPeer(service.url);
  await once(greeting.socket, "open");
  const asked = held.hold("attach");
  const attaching = await TestPeer.knock(service.url, await join(service.url, "tea"));
  await asked;
  const closing = service.close();
  assert.deepEqual(await greeting.closed, restarting);
  assert.deepEqual(await attaching.closed, restarting);
  held.release();
  await closing;
  assert.deepEqual(attaching.heard, []);
});

for (const outlivesProcess of [false, true]) {
  const kind = outlivesProcess ? "shared" : "in-process";
  test(`close › requests in flight are finished first, on a ${kind} backend`, async (t) => {
    const held = heldBackend({ outlivesProcess });
    const service = await serve(t, { backend: held.backend, drainTimeoutMs: 200 });
    const { url } = service;
    const ticket = await join(url, "tea");
    const publishing = held.hold("publish");
    const signalled = signal(url, ticket, "OFFER", "x");
    await publishing;
    const joining = held.hold("join");
    const joined = join(url, "tea");
    await joining;
    const closing = service.close();
    assert.deepEqual(await health(service.adminUrl), [200, 503, 503]);
    held.release();
    assert.equal(await signalled, 200);
    assert.equal((await joined).call, "tea");
    await closing;
    assert.equal(await listens(url), false);
  });
}

test("close › answers tell kept connections that they end, and idle or half-sent ones do not hold it up", async (t) => {
  const held = heldBackend();
  const service = await serve(t, { backend: held.backend, requestTimeoutMs: 1000 });
  const [kept, idle, silent, half] = [
    await RawConnection.open(service.url),
    await RawConnection.open(service.url),
    await RawConnection.open(service.url),
    await RawConnection.open(service.url),
  ];
  idle.send(requestBytes({ target: "/call/coffee" }));
  assert.equal((await idle.answer()).status, 200);
  half.send("GET /call/tea HTTP/1.1\r\nHost:");
  const asked = held.hold("join");
  kept.send(requestBytes({ target: "/call/tea" }));
  await asked;
  const closing = service.close();
  await idle.over;
  held.release();
  assert.equal((await kept.answer()).status, 200);
  await closing;
  for (const connection of [kept, silent, half]) {
    await connection.over;
    connection.socket.destroy();
  }
});

test("close › does not wait for a websocket client that never answers", { timeout: 20_000 }, async (t) => {
  const service = await serve(t);
  const joined = frame(opcodes.text, JSON.stringify(await join(service.url, "tea")));
  const mute = await RawConnection.upgrade(service.url, joined);
  await mute.frame();
  await service.close();
  assert.deepEqual(await mute.closeFrame(), restarting);
  mute.socket.destroy();
});

test("close › twice is once", async (t) => {
  const service = await serve(t);
  const peer = await TestPeer.attach(service.url, await join(service.url, "tea"));
  const [one, two] = [service.close(), service.close()];
  assert.equal(one, two);
  await Promise.all([one, two]);
  await service.close();
  assert.deepEqual(await peer.closed, restarting);
  assert.deepEqual(peer.heard.length, 1);
});

test("close › leaves the backend it was handed to whoever handed it", async (t) => {
  const { backend } = heldBackend();
  const one = await serve(t, { backend });
  const ticket = await join(one.url, "tea");
  await one.close();
  const two = await serve(t, { backend });
  await TestPeer.attach(two.url, ticket);
});

test("start › rejects when a port is taken, and leaves nothing behind", async (t) => {
  const { url, adminUrl } = await serve(t);
  const taken = (at: string) => ({ host: "127.0.0.1", port: Number(new URL(at).port) });
  for (const busy of [taken(url), taken(adminUrl)]) {
    await assert.rejects(startService({ addr: busy, healthzAddr: anywhere }), { code: "EADDRINUSE" });
    const free = await startService({ addr: anywhere, healthzAddr: anywhere });
    await free.close();
    const again = taken(free.url);
    await assert.rejects(startService({ addr: again, healthzAddr: busy }), { code: "EADDRINUSE" });
    assert.equal(await listens(free.url), false);
  }
});

test("start › rejects settings that contradict each other", async () => {
  const contradictory = { wsPingIntervalMs: 1000, wsReadTimeoutMs: 1000 };
  await assert.rejects(startService({ ...contradictory, addr: anywhere, healthzAddr: anywhere }), TypeError);
});
