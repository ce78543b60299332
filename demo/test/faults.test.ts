import test, { type TestContext } from "node:test";
import type { Browser } from "playwright-core";
import { setTimeout as pass } from "node:timers/promises";
import { startChromium } from "../../lab/wire/chromium.ts";
import { RedisServer } from "../../lab/wire/redis.ts";
import { serve } from "../../lab/wire/serve.ts";
import { ServerProcess } from "../../lab/wire/server-process.ts";
import { Tab } from "../../lab/wire/tab.ts";
import { TcpProxy } from "../../lab/wire/tcp-proxy.ts";

/** Two processes on one Redis, each behind a proxy of its own that can fail over to the other. */
interface Pair {
  readonly servers: readonly [ServerProcess, ServerProcess];
  readonly proxies: readonly [TcpProxy, TcpProxy];
  /** Kills the first process; who comes to its proxy is led to the second one from then on. */
  failOver(): void;
}

/** `change` sees, and may change, what the first process says. */
async function startPair(t: TestContext, change?: (bytes: Buffer) => Buffer): Promise<Pair> {
  const redis = await RedisServer.start();
  t.after(() => redis.remove());
  const flags = ["--demo", "--redis-addr", redis.addr, "--seat-count", "3"];
  const servers = await Promise.all([ServerProcess.start(...flags), ServerProcess.start(...flags)]);
  t.after(() => Promise.all(servers.map((server) => server.end("SIGKILL"))));
  const [first, second] = servers.map(({ url }) => Number(new URL(url).port));
  const proxies = await Promise.all([TcpProxy.start(first ?? 0, change), TcpProxy.start(second ?? 0)]);
  t.after(() => proxies.forEach((proxy) => proxy.close()));
  const failOver = (): void => {
    proxies[0].target = second ?? 0;
    process.kill(servers[0].pid, "SIGKILL");
  };
  return { servers, proxies, failOver };
}

function openAt(browser: Browser, proxy: TcpProxy): Promise<Tab> {
  return Tab.open(browser, `http://${proxy.addr}/?call=tea`);
}

test("browser › the process of one tab is killed in the middle of a negotiation: they connect all the same", async (t) => {
  let isToBeKilled = true;
  const pair = await startPair(t, (bytes) => {
    // The offer has been published, and is on its way to the tab: it never gets there by this process.
    if (!isToBeKilled || !bytes.includes('"kind":"OFFER"')) return bytes;
    isToBeKilled = false;
    pair.failOver();
    return Buffer.alloc(0);
  });
  const browser = await startChromium(t);
  const [near, far] = pair.proxies;
  const two = await openAt(browser, far);
  await two.untilState("waiting");
  const one = await openAt(browser, near);
  await Promise.all([one.untilSeeing(1), two.untilSeeing(1)]);
  t.assert.equal(isToBeKilled, false);
});

test("browser › the process of one tab is killed once connected: media flows on, and the call is up again", async (t) => {
  const pair = await startPair(t);
  const browser = await startChromium(t);
  const [near, far] = pair.proxies;
  const [one, two] = await Promise.all([openAt(browser, near), openAt(browser, far)]);
  await Promise.all([one.untilSeeing(1), two.untilSeeing(1)]);
  const connections = await keepConnections(one);
  pair.failOver();
  await Promise.all([one.untilSeeing(1), two.untilSeeing(1)]);
  // Whoever comes now is met by both, so both hear the call again.
  const three = await openAt(browser, near);
  await Promise.all([one, two, three].map((tab) => tab.untilSeeing(2)));
  t.assert.equal(await connections.kept(), true);
});

test("browser › a network that stands still for eight seconds, and goes on", async (t) => {
  const { url } = await serve(t, { demo: true, seatCount: 3 });
  let isToStand = true;
  const proxy = await TcpProxy.start(Number(new URL(url).port), (bytes) => {
    if (isToStand && bytes.includes('"kind":"OFFER"')) {
      isToStand = false;
      proxy.standStill();
      setTimeout(() => proxy.goOn(), 8000);
    }
    return bytes;
  });
  t.after(() => proxy.close());
  const browser = await startChromium(t);
  // In the middle of the negotiation, with the offer on its way.
  const [one, two] = await Promise.all([openAt(browser, proxy), openAt(browser, proxy)]);
  await Promise.all([one.untilSeeing(1), two.untilSeeing(1)]);
  t.assert.equal(isToStand, false);
  // And once connected.
  const connections = await keepConnections(one);
  proxy.standStill();
  await Promise.all([one.untilSeeing(1), two.untilSeeing(1)]);
  await pass(8000);
  proxy.goOn();
  const three = await openAt(browser, proxy);
  await Promise.all([one, two, three].map((tab) => tab.untilSeeing(2)));
  t.assert.equal(await connections.kept(), true);
});

/** Remembers what a tab shows of its peers, to tell later whether it is the same still, and never had to be made anew. */
async function keepConnections(tab: Tab): Promise<{ kept(): Promise<boolean> }> {
  const tiles = await tab.page.evaluateHandle(() => [...document.querySelectorAll("[data-peer]")]);
  return { kept: () => tiles.evaluate((known) => known.every((tile) => tile.isConnected)) };
}
