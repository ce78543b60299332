import { callFeedContext } from "../../../../lab/wire/call-feed-context.ts";
import assert from "node:assert/strict";
import test from "node:test";
import { CallFeeds } from "../../src/calls/feed/call-feeds.ts";
import { testableMemoryBackend } from "../../src/testing.ts";
import { openRedisBackend } from "../../src/backends/redis/redis-backend.ts";
import type { Backend } from "../../src/calls/ports/backend.ts";
import type { Report } from "../../src/calls/ports/telemetry.ts";
import { redisOptions, RedisServer } from "../../../../lab/wire/redis.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, signal, TestPeer } from "../../../../lab/wire/test-peer.ts";

/** A backend whose subscriptions are confirmed only when a test says so. */
function deafBackend(memory: Backend): { readonly backend: Backend; readonly confirm: () => void } {
  const waiting: (() => void)[] = [];
  const backend: Backend = {
    ...memory,
    outlivesProcess: true,
    open: (listener) =>
      memory.open({ ...listener, subscribed: (call) => void waiting.push(() => listener.subscribed(call)) }),
  };
  return { backend, confirm: () => waiting.splice(0).forEach((confirm) => confirm()) };
}

async function redisFor(t: { after: (run: () => Promise<void>) => void }): Promise<RedisServer> {
  const redis = await RedisServer.start();
  t.after(() => redis.remove());
  return redis;
}

test("promise 10 › an attach that ended while it waited for its subscription takes nobody's place", async (t) => {
  const memory = testableMemoryBackend();
  const deaf = deafBackend(memory);
  const [a, b] = [await serve(t, { backend: deaf.backend }), await serve(t, { backend: memory })];
  const [one, two] = [await join(b.url, "tea"), await join(b.url, "tea")];
  const gaveUp = await TestPeer.knock(a.url, one);
  const keepsTheInbox = await TestPeer.knock(a.url, two);
  gaveUp.socket.close();
  await gaveUp.closed;
  const living = await TestPeer.attach(b.url, one);
  deaf.confirm();
  assert.equal((await keepsTheInbox.next()).kind, "WELCOME");
  assert.equal(await signal(b.url, two, "OFFER", "for the living"), 200);
  assert.deepEqual(
    (await living.take(2)).map(({ kind, body }) => body ?? kind),
    ["PEER", "for the living"],
  );
  assert.equal(living.socket.readyState, living.socket.OPEN);
});

test("promise 4 › a call that is left and entered again while another is subscribed is heard", async (t) => {
  const redis = await redisFor(t);
  const backend = await openRedisBackend(redisOptions(redis));
  const callFeeds = new CallFeeds(callFeedContext(backend));
  t.after(async () => {
    await callFeeds.close();
    await backend.close();
  });
  await callFeeds.acquire("tea").whenSubscribed(5000);
  for (let round = 0; round < 20; round += 1) {
    callFeeds.acquire(`other ${round}`);
    // The SUBSCRIBE of the other is on its way.
    await new Promise((resolve) => setImmediate(resolve));
    callFeeds.release("tea");
    await callFeeds.acquire("tea").whenSubscribed(5000);
  }
});

test("promise 4 › an event that a slow client was not sent comes with its next attach", async (t) => {
  const closes: Report[] = [];
  const report = (told: Report): void => void (told.event === "closed" && closes.push(told));
  const { url } = await serve(t, { wsSendBufferBytes: 330_000, report });
  const [one, two] = [await join(url, "tea"), await join(url, "tea")];
  const slow = await TestPeer.attach(url, two);
  slow.socket.pause();
  const body = "x".repeat(40_000);
  let sent = 0;
  const closing = slow.closed;
  for (let open = true; open; sent += 1) {
    assert.equal(await signal(url, one, "OFFER", `${sent} ${body}`), 200);
    open = closes.length === 0;
  }
  slow.socket.resume();
  await closing;
  const last = Number(slow.heard.at(-1)?.body?.split(" ")[0]);
  const again = await TestPeer.knock(url, two);
  const next = await again.next();
  assert.equal(next.kind, "WELCOME");
  // Whatever it heard last, nothing is left out between that and what comes now.
  const first = Number((await again.next()).body?.split(" ")[0]);
  assert.ok(first <= last + 1, `heard up to ${last}, goes on at ${first} of ${sent}`);
});

test("promise 5 › a loss whose 4410 never arrived is told again", async (t) => {
  const memory = testableMemoryBackend();
  const reports: Report[] = [];
  const { url } = await serve(t, {
    backend: memory,
    wsPingIntervalMs: 100,
    report: (report) => {
      reports.push(report);
      // Before the close is sent, which comes after a random time.
      if (report.event === "renewal" && report.outcome === "lost") peer.vanish();
    },
  });
  const [one, two] = [await join(url, "tea"), await join(url, "tea")];
  const peer = await TestPeer.attach(url, two);
  memory.drop();
  assert.equal(await signal(url, one, "OFFER", "lost with the log"), 200);
  memory.restart();
  await peer.closed;
  assert.ok(reports.some((report) => report.event === "renewal" && report.outcome === "lost"));
  const next = await TestPeer.knock(url, two);
  assert.deepEqual(await next.closed, { code: 4410, reason: "events lost" });
  await TestPeer.attach(url, two);
});

test("a thousand joiners that vanish together are given back one by one, each once", async (t) => {
  const redis = await redisFor(t);
  const backend = await openRedisBackend(redisOptions(redis));
  t.after(() => backend.close());
  await redis.command("CONFIG", "RESETSTAT");
  for (let i = 0; i < 500; i += 1) backend.release(`call ${i}`, `session ${i}`);
  const calls = async (): Promise<number> => {
    const stats = await redis.command<string>("INFO", "commandstats");
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  };
  while ((await calls()) < 500) await new Promise((resolve) => setImmediate(resolve));
  await backend.holds("tea", "nobody");
  assert.ok((await calls()) <= 502, `${await calls()} scripts`);
});
