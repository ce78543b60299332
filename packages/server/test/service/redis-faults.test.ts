import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { RedisServer } from "../../../../lab/wire/redis.ts";
import { ServerProcess } from "../../../../lab/wire/server-process.ts";
import { TcpProxy } from "../../../../lab/wire/tcp-proxy.ts";
import { join, leave, signal, TestPeer, type Ticket } from "../../../../lab/wire/test-peer.ts";

/** A lease that outlasts a restart of Redis, and pings often enough to notice one soon. */
const times = ["--seat-timeout", "8s", "--ws-read-timeout", "6s", "--ws-ping-interval", "300ms"];

async function redisFor(t: TestContext, ...args: string[]): Promise<RedisServer> {
  const redis = await RedisServer.start(...args);
  t.after(() => redis.remove());
  return redis;
}

async function serverFor(t: TestContext, addr: string, ...flags: string[]): Promise<ServerProcess> {
  const own = flags.includes("--seat-timeout") ? [] : times;
  const server = await ServerProcess.start("--redis-addr", addr, ...own, ...flags);
  t.after(() => server.end("SIGKILL"));
  return server;
}

async function pairFor(t: TestContext, addr: string): Promise<[ServerProcess, ServerProcess]> {
  return [await serverFor(t, addr), await serverFor(t, addr)];
}

const health = async (server: ServerProcess, page: string): Promise<number> =>
  (await fetch(server.adminUrl + page)).status;

async function untilHealth(server: ServerProcess, status: number): Promise<void> {
  while ((await health(server, "/healthz")) !== status) await wait(20);
}

/** Attaches again with the same session until it is welcome. */
async function attachAgain(url: string, ticket: Ticket, seq?: number): Promise<TestPeer> {
  for (;;) {
    const peer = await TestPeer.knock(url, ticket, seq);
    const welcome = await peer.next().catch(() => undefined);
    if (welcome?.kind === "WELCOME") return peer;
    const { code } = await peer.closed;
    assert.ok(code === 1013 || code === 4410, `closed ${code}`);
  }
}

test("redis away › starts without it, refuses with 503 and Retry-After, and serves once it appears", async (t) => {
  const redis = await RedisServer.prepare();
  t.after(() => redis.remove());
  const server = await serverFor(t, redis.addr);
  const refused = await fetch(`${server.url}/call/tea`);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  const { code } = JSON.parse(await refused.text());
  assert.equal(code, "away");
  assert.deepEqual([await health(server, "/healthz"), await health(server, "/livez")], [503, 200]);
  await redis.start();
  await untilHealth(server, 200);
  const peer = await TestPeer.attach(server.url, await join(server.url, "tea"));
  await join(server.url, "tea");
  assert.equal((await peer.next()).kind, "PEER");
});

test("redis away › starts while its host does not resolve", async (t) => {
  const server = await serverFor(t, "no-such-host.invalid:6379");
  assert.equal((await fetch(`${server.url}/call/tea`)).status, 503);
  assert.equal(await health(server, "/livez"), 200);
  assert.equal(await server.end("SIGTERM"), 0);
});

for (const keepsData of [true, false]) {
  const how = keepsData ? "with its data" : "empty";
  test(`redis away › killed and restarted ${how}: websockets stay meanwhile, then are told 4410, and the same sessions go on`, async (t) => {
    const redis = await redisFor(t, ...(keepsData ? ["--appendonly", "yes", "--appendfsync", "always"] : []));
    const [a, b] = await pairFor(t, redis.addr);
    const [one, two] = [await join(a.url, "tea"), await join(b.url, "tea")];
    const peers = [await TestPeer.attach(a.url, one), await TestPeer.attach(b.url, two, 0)] as const;
    await redis.stop("SIGKILL");
    await untilHealth(a, 503);
    assert.equal(await health(a, "/livez"), 200);
    assert.equal(await signal(a.url, one, "OFFER", "nobody hears this"), 503);
    assert.equal((await fetch(`${b.url}/call/tea`)).status, 503);
    await redis.start();
    for (const peer of peers) assert.deepEqual(await peer.closed, { code: 4410, reason: "events lost" });
    const again = [await attachAgain(b.url, one), await attachAgain(a.url, two)] as const;
    assert.equal(await signal(a.url, one, "OFFER", "after"), 200);
    for (;;) {
      const { kind, body } = await again[1].next();
      if (kind === "OFFER") {
        assert.equal(body, "after");
        break;
      }
      assert.equal(kind, "PEER");
    }
    // Seated again, not seated more: both seats are taken.
    assert.equal((await fetch(`${a.url}/call/tea`)).status, 409);
  });
}

test("redis away › right after it came back empty, no server says that a session is over before its holder could renew it", async (t) => {
  const redis = await redisFor(t);
  const proxy = await TcpProxy.start(redis.port);
  t.after(() => proxy.close());
  const [holding, other] = [await serverFor(t, proxy.addr), await serverFor(t, redis.addr)];
  const ticket = await join(holding.url, "tea");
  const peer = await TestPeer.attach(holding.url, ticket, 0);
  await redis.stop("SIGKILL");
  await untilHealth(other, 503);
  proxy.standStill();
  await redis.start();
  await untilHealth(other, 200);
  assert.equal(await signal(other.url, ticket, "OFFER", "too soon"), 503);
  const early = await TestPeer.knock(other.url, ticket, 0);
  assert.deepEqual(await early.closed, { code: 1013, reason: "backend failure" });
  proxy.goOn();
  let status = 503;
  while (status === 503) status = await signal(other.url, ticket, "OFFER", "in time");
  assert.equal(status, 200);
  assert.deepEqual(await peer.closed, { code: 4410, reason: "events lost" });
});

test("redis away › paused for a while: requests are refused, no websocket is closed, and what was sent arrives", async (t) => {
  const redis = await redisFor(t);
  const [a, b] = await pairFor(t, redis.addr);
  const [one, two] = [await join(a.url, "tea"), await join(b.url, "tea")];
  const peers = [await TestPeer.attach(a.url, one), await TestPeer.attach(b.url, two)] as const;
  redis.pause();
  assert.equal(await signal(a.url, one, "OFFER", "unknown"), 503);
  assert.equal((await fetch(`${b.url}/call/tea`)).status, 503);
  await untilHealth(a, 503);
  const pings = peers[1].pings.length;
  await peers[1].until(() => peers[1].pings.length > pings + 2);
  redis.resume();
  await untilHealth(a, 200);
  await untilHealth(b, 200);
  assert.equal(await signal(a.url, one, "OFFER", "sure"), 200);
  // The one whose outcome was unknown may have been heard, before it.
  let heard = await peers[1].next();
  if (heard.body === "unknown") heard = await peers[1].next();
  assert.equal(heard.body, "sure");
  for (const peer of peers) assert.equal(peer.socket.readyState, peer.socket.OPEN);
});

test("redis away › a join whose answer was lost gives its seat back when Redis returns", async (t) => {
  const redis = await redisFor(t);
  const server = await serverFor(t, redis.addr, "--seat-count", "1", "--seat-timeout", "10m");
  redis.pause();
  assert.equal((await fetch(`${server.url}/call/tea`)).status, 503);
  redis.resume();
  await untilHealth(server, 200);
  let status = 409;
  while (status === 409) ({ status } = await fetch(`${server.url}/call/tea`));
  assert.equal(status, 200);
});

test("redis › a killed command connection, and a killed subscriber, lose nothing", async (t) => {
  const redis = await redisFor(t);
  const [a, b] = await pairFor(t, redis.addr);
  const [one, two] = [await join(a.url, "tea"), await join(b.url, "tea")];
  const peer = await TestPeer.attach(b.url, two);
  for (let round = 0; round < 10; round += 1) {
    await redis.command("CLIENT", "KILL", "TYPE", "pubsub");
    if (round % 2 === 1) await redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    let status = 503;
    // Refused while its own connection is away; what is answered 200 must arrive.
    for (let tries = 0; status === 503; tries += 1)
      status = await signal(a.url, one, "OFFER", `${round}.${tries}`);
    assert.equal(status, 200);
    for (;;) if ((await peer.next()).body?.startsWith(`${round}.`) === true) break;
  }
  assert.equal(peer.socket.readyState, peer.socket.OPEN);
});

test("redis › scripts flushed away are sent again", async (t) => {
  const redis = await redisFor(t);
  const server = await serverFor(t, redis.addr);
  await redis.command("SCRIPT", "FLUSH");
  const [one, two] = [await join(server.url, "tea"), await join(server.url, "tea")];
  await redis.command("SCRIPT", "FLUSH");
  const peer = await TestPeer.attach(server.url, two);
  await redis.command("SCRIPT", "FLUSH");
  assert.equal(await signal(server.url, one, "OFFER", "x"), 200);
  assert.equal((await peer.next()).body, "x");
});

test("redis › a subscriber connection that is silently dead is noticed, and what it missed arrives", async (t) => {
  const redis = await redisFor(t);
  const proxy = await TcpProxy.start(redis.port);
  t.after(() => proxy.close());
  const near = await serverFor(t, redis.addr);
  const far = await serverFor(t, proxy.addr, "--redis-probe-interval", "300ms");
  const [one, two] = [await join(near.url, "tea"), await join(near.url, "tea")];
  const peer = await TestPeer.attach(far.url, two);
  // The connection for commands says SUBSCRIBE too, when it tries what its user may.
  const isSubscriber = (said: string): boolean => said.includes("subscribe") && !said.includes("evalsha");
  assert.equal(proxy.silence(isSubscriber), 1);
  assert.equal(await signal(near.url, one, "OFFER", "into the void"), 200);
  assert.equal((await peer.next()).body, "into the void");
  assert.equal(await signal(near.url, one, "OFFER", "and on"), 200);
  assert.equal((await peer.next()).body, "and on");
});

test("redis › out of memory refuses joins and signals, and holds the seats it has", async (t) => {
  const redis = await redisFor(t, "--maxmemory-policy", "noeviction");
  const server = await serverFor(t, redis.addr);
  const [one, two] = [await join(server.url, "tea"), await join(server.url, "tea")];
  const peer = await TestPeer.attach(server.url, two);
  await redis.command("CONFIG", "SET", "maxmemory", "1");
  assert.equal(await signal(server.url, one, "OFFER", "x"), 503);
  assert.equal((await fetch(`${server.url}/call/coffee`)).status, 503);
  const second = await TestPeer.attach(server.url, one);
  const pings = peer.pings.length;
  await peer.until(() => peer.pings.length > pings + 3);
  assert.equal(second.socket.readyState, second.socket.OPEN);
  await redis.command("CONFIG", "SET", "maxmemory", "0");
  assert.equal(await signal(server.url, one, "OFFER", "y"), 200);
  assert.equal((await peer.next()).body, "y");
});

test("process killed › its sessions attach elsewhere and get what they missed", async (t) => {
  const redis = await redisFor(t);
  const [a, b] = await pairFor(t, redis.addr);
  const [one, two] = [await join(a.url, "tea"), await join(b.url, "tea")];
  const peer = await TestPeer.attach(a.url, one, 0);
  const seq = (await peer.next()).seq ?? 0;
  await a.end("SIGKILL");
  assert.equal(await signal(b.url, two, "OFFER", "missed"), 200);
  const again = await TestPeer.attach(b.url, one, seq);
  assert.deepEqual([again.heard[0]?.recovered, (await again.next()).body], [true, "missed"]);
});

test("promise 14 › a thousand websockets are two connections to Redis, and after them Redis is empty", async (t) => {
  const redis = await redisFor(t);
  const server = await serverFor(
    t,
    redis.addr,
    "--seat-timeout",
    "3s",
    "--ws-read-timeout",
    "2s",
    "--ws-ping-interval",
    "500ms",
  );
  const tickets = await Promise.all(
    Array.from({ length: 1000 }, (_, i) => join(server.url, `call ${i >> 1}`)),
  );
  const peers: TestPeer[] = [];
  for (const ticket of tickets) peers.push(await TestPeer.attach(server.url, ticket));
  const clients = (await redis.command<string>("CLIENT", "LIST")).trim().split("\n");
  // And this very question's.
  assert.equal(clients.length, 3, clients.join("\n"));
  assert.equal((await redis.command<string[]>("PUBSUB", "CHANNELS")).length, 500);
  for (const ticket of tickets) assert.equal(await leave(server.url, ticket), 200);
  await Promise.all(peers.map(({ closed }) => closed));
  while ((await redis.command<string[]>("PUBSUB", "CHANNELS")).length > 0) await wait(20);
  while ((await redis.command<number>("DBSIZE")) > 0) await wait(100);
});
