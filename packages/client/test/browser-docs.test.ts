import test from "node:test";
import type { Browser, Page } from "playwright-core";
import { clientPath, openWithClient, startChromium } from "../../../lab/wire/chromium.ts";
import { exampleOf } from "../../../lab/wire/docs-example.ts";
import { serve } from "../../../lab/wire/serve.ts";

/** An empty page of the service's own origin, with an example of docs/client.md running in it. */
async function run(browser: Browser, heading: string, url: string): Promise<Page> {
  const page = await openWithClient(browser, url);
  const example = await exampleOf(heading, url, `${url}${clientPath}`);
  await page.evaluate((code) => import(`data:text/javascript,${encodeURIComponent(code)}`), example);
  return page;
}

function hears(page: Page, text: string): Promise<unknown> {
  return page.waitForEvent("console", { predicate: (message) => message.text() === text, timeout: 30_000 });
}

test("client › two pages that run «See each other» of docs/client.md do", async (t) => {
  const { url } = await serve(t, { demo: true });
  const browser = await startChromium(t);
  for (const page of [await run(browser, "See each other", url), await run(browser, "See each other", url)]) {
    await page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video !== null && video.getVideoPlaybackQuality().totalVideoFrames > 5;
    });
  }
});

test("client › two pages that run «Only data» of docs/client.md talk", async (t) => {
  const { url } = await serve(t, { demo: true });
  const browser = await startChromium(t);
  const one = await run(browser, "Only data", url);
  const heard = hears(one, "the other plays e4");
  const two = await run(browser, "Only data", url);
  await Promise.all([heard, hears(two, "the other plays e4")]);
});

for (const order of [
  ["Only data", "What peers say to each other"],
  ["What peers say to each other", "Only data"],
] as const) {
  test(`client › «${order[0]}» of docs/client.md, then «${order[1]}»: the plain code takes part`, async (t) => {
    const { url } = await serve(t, { demo: true });
    const browser = await startChromium(t);
    const texts = order.map((heading) =>
      heading === "Only data" ? "the other plays hello from plain code" : "plain code hears e4",
    );
    const one = await run(browser, order[0], url);
    const heard = hears(one, texts[0] ?? "");
    const two = await run(browser, order[1], url);
    await Promise.all([heard, hears(two, texts[1] ?? "")]);
  });
}
