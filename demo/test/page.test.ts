import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import test, { type TestContext } from "node:test";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { startChromium } from "../../lab/wire/chromium.ts";
import { serve } from "../../lab/wire/serve.ts";
import { Tab } from "../../lab/wire/tab.ts";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8");

/** What axe-core finds wrong with the page as it is now, and how badly. */
async function findings(tab: Tab): Promise<string[]> {
  await tab.page.evaluate(axe);
  // Whatever still fades in has not its own colors yet.
  await tab.page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  const run = "axe.run(document, { resultTypes: ['violations'] })";
  const { violations }: AxeResults = await tab.page.evaluate(run);
  return violations.map(
    ({ id, impact, nodes }) => `${impact}: ${id} at ${nodes.map(({ html }) => html).join(", ")}`,
  );
}

const looks: readonly BrowserContextOptions[] = [
  { colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { colorScheme: "dark", viewport: { width: 360, height: 740 } },
];

for (const look of looks) {
  test(`page › axe finds nothing in any state: ${look.colorScheme}, ${look.viewport?.width} px`, async (t) => {
    const { url } = await serve(t, { demo: true });
    const browser = await startChromium(t);
    const call = `${url}/?call=tea`;
    const one = await Tab.open(browser, call, look);
    await one.untilState("waiting");
    assert.deepEqual(await findings(one), [], "waiting");
    const two = await Tab.open(browser, call, look);
    await Promise.all([one.untilSeeing(1), two.untilSeeing(1)]);
    assert.deepEqual(await findings(one), [], "connected");
    const full = await Tab.open(browser, call, look);
    await full.untilState("full");
    assert.deepEqual(await findings(full), [], "full");
    for (const panel of ["Chat", "Signaling"]) {
      const button = one.page.getByRole("button", { name: panel });
      if ((await button.getAttribute("aria-expanded")) !== "true") await button.click();
      assert.deepEqual(await findings(one), [], panel);
    }
    await two.page.getByRole("button", { name: "Hang up" }).click();
    await two.untilState("left");
    assert.deepEqual(await findings(two), [], "left");
    assert.deepEqual([one.complaints, two.complaints], [[], []]);
  });
}

test("page › what is written comes to the other, once, and in order", async (t) => {
  const { url } = await serve(t, { demo: true });
  const browser = await startChromium(t);
  const [one, two] = [
    await Tab.open(browser, `${url}/?call=tea`),
    await Tab.open(browser, `${url}/?call=tea`),
  ];
  await Promise.all([one.untilSeeing(1), two.untilSeeing(1)]);
  const message = one.page.getByRole("textbox", { name: "Message" });
  for (const text of ["<b>hello</b>", "are you there?"]) {
    await message.fill(text);
    await message.press("Enter");
  }
  const log = two.page.getByRole("log");
  await log.getByText("are you there?").waitFor();
  assert.match(await log.innerText(), /<b>hello<\/b>[^]*are you there\?/);
  assert.deepEqual([one.complaints, two.complaints], [[], []]);
});

test("page › with the keyboard alone: mute, and hang up", async (t) => {
  const { url } = await serve(t, { demo: true });
  const tab = await Tab.open(await startChromium(t), `${url}/?call=tea`);
  await tab.untilState("waiting");
  const press = async (name: string): Promise<void> => {
    for (;;) {
      await tab.page.keyboard.press("Tab");
      const focused = await tab.page.evaluate(() => document.activeElement?.textContent?.trim());
      if (focused === name) return tab.page.keyboard.press("Enter");
    }
  };
  await press("Mute");
  await tab.page.getByRole("button", { name: "Unmute" }).waitFor();
  await press("Hang up");
  await tab.untilState("left");
});

async function openWith(t: TestContext, browser: Browser, path: string): Promise<Tab> {
  const { url } = await serve(t, { demo: true });
  return Tab.open(browser, url + path);
}

for (const { what, less, says } of [
  {
    what: "where there is no camera and no microphone",
    less: ["--use-fake-device-for-media-stream"],
    says: /No camera and no microphone found\. You can still see, hear and write\./,
  },
  {
    what: "where the browser may not open them",
    less: ["--use-fake-ui-for-media-stream"],
    says: /Camera and microphone are blocked[^]*You can still see, hear and write\./,
  },
]) {
  test(`page › ${what} one sees the others and writes, and is told why`, async (t) => {
    const { url } = await serve(t, { demo: true });
    const one = await Tab.open(await startChromium(t), `${url}/?call=tea`);
    const two = await Tab.open(await startChromium(t, { less }), `${url}/?call=tea`);
    await two.untilSeeing(1);
    assert.match(await two.look(), says);
    assert.deepEqual([one.complaints, two.complaints], [[], []]);
  });
}

test("page › where the address is not secure there is chat, and the reason", async (t) => {
  const { url } = await serve(t, { demo: true });
  const browser = await startChromium(t, { more: ["--host-resolver-rules=MAP signals.test 127.0.0.1"] });
  const insecure = url.replace(/\/\/[^:]+/, "//signals.test");
  const one = await Tab.open(browser, `${insecure}/?call=tea`);
  const two = await Tab.open(browser, `${url}/?call=tea`);
  await one.untilSeeing(1);
  assert.match(await one.look(), /Camera and microphone need https, or localhost/);
  assert.deepEqual([one.complaints, two.complaints], [[], []]);
});

test("page › a call's name that can't be is told, and another call is one button away", async (t) => {
  const browser = await startChromium(t);
  for (const name of ["x".repeat(257), "tea%2Fcake"]) {
    const tab = await openWith(t, browser, `/?call=${name}`);
    await tab.untilState("failed");
    assert.match(await tab.look(), /This link names no call that can be/);
    await tab.page.getByRole("button", { name: "Start another call" }).click();
    await tab.untilState("waiting");
    assert.match(tab.page.url(), /\?call=[a-z]+-[a-z]+-\d+$/);
    assert.deepEqual(tab.complaints, []);
  }
  const empty = await openWith(t, browser, "/?call=");
  await empty.untilState("waiting");
});

test("page › what answers in the service's place is told apart from no answer", async (t) => {
  const { url } = await serve(t, { demo: true });
  const browser = await startChromium(t);
  const tab = await Tab.open(browser);
  await tab.page.route("**/call/*", (route) => route.fulfill({ status: 404, body: "nothing here" }));
  await tab.goTo(`${url}/?call=tea`);
  await tab.untilState("failed");
  assert.match(await tab.look(), /This is not a server for calls/);
});
