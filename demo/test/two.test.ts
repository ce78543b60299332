import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import type { Browser } from "playwright-core";
import { startChromium } from "../../lab/wire/chromium.ts";
import { RedisServer } from "../../lab/wire/redis.ts";
import { serve } from "../../lab/wire/serve.ts";
import { ServerProcess } from "../../lab/wire/server-process.ts";
import { Tab } from "../../lab/wire/tab.ts";

/** Two tabs that see each other, as nobody complained. */
async function assertSeeing(one: Tab, two: Tab): Promise<void> {
  await Promise.all([one.untilSeeing(1), two.untilSeeing(1)]);
  assert.deepEqual([one.complaints, two.complaints], [[], []]);
}

function openBoth(browser: Browser, ...urls: [string, string]): Promise<[Tab, Tab]> {
  const [first, second] = urls.map((url) => Tab.open(browser, url));
  assert.ok(first && second);
  return Promise.all([first, second]);
}

async function startTwo(t: TestContext): Promise<[ServerProcess, ServerProcess]> {
  const redis = await RedisServer.start();
  t.after(() => redis.remove());
  const flags = ["--demo", "--redis-addr", redis.addr];
  const two = await Promise.all([ServerProcess.start(...flags), ServerProcess.start(...flags)]);
  t.after(() => Promise.all(two.map((server) => server.end("SIGTERM"))));
  return two;
}

test("browser › video flows both ways, in one process", async (t) => {
  const { url } = await serve(t, { demo: true });
  const browser = await startChromium(t);
  const one = await Tab.open(browser, url);
  await one.untilState("waiting");
  // The page has made a call and put it into its address, which is what people send each other.
  assert.match(one.page.url(), /\?call=[a-z]+-[a-z]+-\d+$/);
  const two = await Tab.open(browser, one.page.url());
  await assertSeeing(one, two);
});

test("browser › video flows both ways, through two processes on one Redis", async (t) => {
  const servers = await startTwo(t);
  const browser = await startChromium(t);
  const [one, two] = await openBoth(browser, `${servers[0].url}/?call=tea`, `${servers[1].url}/?call=tea`);
  await assertSeeing(one, two);
});

test("browser › two that join at the same moment connect, thirty times", async (t) => {
  const { url } = await serve(t, { demo: true });
  const browser = await startChromium(t);
  const [one, two] = await Promise.all([Tab.open(browser), Tab.open(browser)]);
  for (let round = 1; round <= 30; round += 1) {
    await Promise.all([one, two].map((tab) => tab.goTo(`${url}/?call=round-${round}`)));
    await assertSeeing(one, two);
  }
});

test("browser › a tab that is reloaded comes back to its own seat of two, twenty times", async (t) => {
  const { url } = await serve(t, { demo: true });
  const browser = await startChromium(t);
  const [one, two] = await openBoth(browser, `${url}/?call=tea`, `${url}/?call=tea`);
  await assertSeeing(one, two);
  for (let round = 0; round < 20; round += 1) {
    await (round % 2 === 0 ? one : two).page.reload({ waitUntil: "domcontentloaded" });
    await assertSeeing(one, two);
  }
  assert.deepEqual([one.joins, two.joins], [[200], [200]]);
});
