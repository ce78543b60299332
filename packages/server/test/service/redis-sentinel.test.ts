import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../../../../lab/wire/free-port.ts";
import { LastingPeer } from "../../../../lab/wire/lasting-peer.ts";
import { RedisServer } from "../../../../lab/wire/redis.ts";
import { Sentinel, SentinelGroup } from "../../../../lab/wire/sentinel.ts";
import { ServerProcess } from "../../../../lab/wire/server-process.ts";
import { join, signal, type Ticket } from "../../../../lab/wire/test-peer.ts";

/** A lease that outlasts a failover, and pings often enough to notice one soon. */
const times = ["--seat-timeout", "60s", "--ws-read-timeout", "6s", "--ws-ping-interval", "300ms"];

async function serverFor(t: TestContext, sentinels: string, ...flags: string[]): Promise<ServerProcess> {
  const who = ["--redis-sentinel", sentinels, "--redis-master", "mymaster"];
  const server = await ServerProcess.start(...who, ...times, ...flags);
  t.after(() => server.end("SIGKILL"));
  return server;
}

/** Posts until it is answered 200, and says how many milliseconds that took. */
async function untilServed(url: string, ticket: Ticket, body: string): Promise<number> {
  const begun = performance.now();
  while ((await signal(url, ticket, "OFFER", body)) !== 200) await wait(20);
  return Math.round(performance.now() - begun);
}

/** Lets everybody come back, and shows that each hears the other one. */
async function areBack(one: LastingPeer, two: LastingPeer, a: string, b: string): Promise<void> {
  await Promise.all([one.attachesAgain(), two.attachesAgain()]);
  await untilServed(a, one.ticket, "from one");
  await two.hears("from one");
  await untilServed(b, two.ticket, "from two");
  await one.hears("from two");
}

async function channelsOf(server: RedisServer): Promise<number> {
  return (await server.command<string[]>("PUBSUB", "CHANNELS")).length;
}

/** The connections to a server that are a service's. */
async function clientsOf(server: RedisServer): Promise<string[]> {
  const all = (await server.command<string>("CLIENT", "LIST")).trim().split("\n");
  return all.filter((client) => / name= .* cmd=(evalsha|ping|subscribe|unsubscribe)\b/.test(client));
}

/** With which codes any of them was closed. Told twice is who is back elsewhere before its echo is stored. */
function codesOf(...peers: LastingPeer[]): number[] {
  return [...new Set(peers.flatMap(({ codes }) => codes))];
}

test("redis failover › a master is killed: its replica serves, everybody is told 4410 and goes on with the same session", async (t) => {
  const group = await SentinelGroup.start(t);
  const [a, b] = [await serverFor(t, group.list), await serverFor(t, group.list)];
  const [one, two] = [await LastingPeer.on("tea", a.url, b.url), await LastingPeer.on("tea", b.url, a.url)];
  await untilServed(a.url, one.ticket, "before");
  await two.hears("before");

  const former = await group.master();
  await former.stop("SIGKILL");
  t.diagnostic(
    `${await untilServed(a.url, one.ticket, "after")} ms from the kill to the first signal served`,
  );
  const master = await group.successorOf(former);
  await areBack(one, two, a.url, b.url);
  assert.deepEqual(codesOf(one, two), [4410]);
  assert.equal((await fetch(`${a.url}/call/tea`)).status, 409);

  // Back with nothing and as a master, which it was: until a Sentinel makes it a replica nobody else may use it.
  await former.start();
  const late = await serverFor(t, group.list);
  await join(late.url, "coffee");
  await group.untilRole(former, "slave");
  await group.untilRole(former, "connected");
  await untilServed(a.url, one.ticket, "at last");
  await two.hears("at last");
  assert.deepEqual(await clientsOf(former), []);
  assert.ok((await channelsOf(master)) > 0);
  assert.deepEqual(codesOf(one, two), [4410]);
});

test("redis failover › a master stands still: its open connections are given up, and it is left when it goes on", async (t) => {
  const group = await SentinelGroup.start(t);
  const [a, b] = [await serverFor(t, group.list), await serverFor(t, group.list)];
  const [one, two] = [await LastingPeer.on("tea", a.url), await LastingPeer.on("tea", b.url)];
  const former = await group.master();
  former.pause();
  t.diagnostic(
    `${await untilServed(a.url, one.ticket, "after")} ms from the pause to the first signal served`,
  );
  const master = await group.successorOf(former);
  former.resume();
  await areBack(one, two, a.url, b.url);
  // Once, since they came back to the process that their closes had echoed to.
  assert.deepEqual([one.codes, two.codes], [[4410], [4410]]);
  assert.deepEqual(await clientsOf(former), []);
  assert.equal((await clientsOf(master)).length, 4);
});

test("redis failover › a former master that goes on answering as a master is left", async (t) => {
  // Without this command no Sentinel can make it a replica, as if it were cut off from them.
  const group = await SentinelGroup.start(t, { masterArgs: ["--rename-command", "SLAVEOF", ""] });
  const [a, b] = [await serverFor(t, group.list), await serverFor(t, group.list)];
  const [one, two] = [await LastingPeer.on("tea", a.url), await LastingPeer.on("tea", b.url)];
  const former = await group.master();
  await group.sentinels[0]?.command("SENTINEL", "FAILOVER", "mymaster");
  const master = await group.successorOf(former);
  await areBack(one, two, a.url, b.url);
  assert.deepEqual([one.codes, two.codes], [[4410], [4410]]);
  assert.equal((await former.command<string[]>("ROLE"))[0], "master");
  assert.deepEqual(await clientsOf(former), []);
  assert.equal((await clientsOf(master)).length, 4);
});

test("redis failover › a replica that a Sentinel takes for the master is not used until it is one", async (t) => {
  const redis = await RedisServer.start();
  t.after(() => redis.remove());
  const replica = await RedisServer.start("--replicaof", "127.0.0.1", String(redis.port));
  t.after(() => replica.remove());
  const sentinel = await Sentinel.start("mymaster", replica.port);
  t.after(() => sentinel.remove());
  const server = await serverFor(t, sentinel.addr);
  assert.match(server.log.join("\n"), /redis can't be used \(the Redis that Sentinel names is a replica\)/);
  assert.equal((await fetch(`${server.url}/call/tea`)).status, 503);
  await replica.command("REPLICAOF", "NO", "ONE");
  while ((await fetch(`${server.url}/call/tea`)).status !== 200) await wait(20);
});

test("redis failover › Sentinels that are gone, stand still or know nothing are passed over", async (t) => {
  const redis = await RedisServer.start();
  t.after(() => redis.remove());
  const sentinels: Sentinel[] = [];
  for (const name of ["other", "mymaster", "mymaster", "mymaster"]) {
    const sentinel = await Sentinel.start(name, redis.port);
    t.after(() => sentinel.remove());
    sentinels.push(sentinel);
  }
  const [, still, ...good] = sentinels;
  still?.pause();
  const list = [`127.0.0.1:${await freePort()}`, ...sentinels.map(({ addr }) => addr)].join(",");
  const server = await serverFor(t, list, "--redis-probe-interval", "100ms");
  assert.equal((await fetch(`${server.url}/call/tea`)).status, 200);
  // The one that answers is kept, and followed by another when it goes.
  const kept = await askedOf(good);
  await kept.stop();
  await askedOf(good.filter((one) => one !== kept));
  await redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  while ((await fetch(`${server.url}/call/${Math.random()}`)).status !== 200) await wait(20);
});

/** Waits until one of them is asked by a service, and answers it. */
async function askedOf(sentinels: readonly Sentinel[]): Promise<Sentinel> {
  for (;;) {
    for (const sentinel of sentinels) {
      if (/ name= .* cmd=sentinel/.test(String(await sentinel.command("CLIENT", "LIST")))) return sentinel;
    }
    await wait(20);
  }
}

test("redis failover › a Sentinel that knows only a master that is gone is passed over", async (t) => {
  const [gone, redis] = [await RedisServer.start(), await RedisServer.start()];
  t.after(() => Promise.all([gone.remove(), redis.remove()]));
  // They know nothing of each other, as if the first were cut off.
  const stale = await Sentinel.start("mymaster", gone.port);
  t.after(() => stale.remove());
  const sentinel = await Sentinel.start("mymaster", redis.port);
  t.after(() => sentinel.remove());
  await gone.stop("SIGKILL");
  const server = await serverFor(t, `${stale.addr},${sentinel.addr}`);
  while ((await fetch(`${server.url}/call/tea`)).status !== 200) await wait(20);
});
