import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** How long anything on the page may take before the test says what it saw in its place, in milliseconds. */
const patienceMs = 40_000;

/** The page of `--demo` in a browser of its own: nothing shared with another tab. */
export class Tab {
  readonly page: Page;
  /** Errors on the console, uncaught ones, and breaches of the page's CSP. */
  readonly complaints: string[] = [];
  /** The status of every join that was answered. */
  readonly joins: number[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(patienceMs);
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on("response", (response) => {
      if (new URL(response.url()).pathname.startsWith("/call/")) this.joins.push(response.status());
    });
  }

  static async open(browser: Browser, url?: string, options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        // oxlint-disable-next-line no-console -- it is heard by the test as all of the console is
        console.error(`CSP: ${violatedDirective} ${blockedURI}`);
      });
    });
    const tab = new Tab(page);
    if (url !== undefined) await tab.goTo(url);
    return tab;
  }

  async goTo(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: "domcontentloaded" });
  }

  get state(): Promise<string | undefined> {
    return this.page.evaluate(() => document.documentElement.dataset["state"]);
  }

  /** Resolves when the page says that it is in this state. */
  async untilState(state: string): Promise<void> {
    await this.page
      .waitForFunction((word) => document.documentElement.dataset["state"] === word, state)
      .catch(async (error: unknown) =>
        assert.fail(`waited for ${state}\n${await this.look()}\n${String(error)}`),
      );
  }

  /** Resolves when it is on the call, asking again for as long as the call is full. */
  async untilJoined(): Promise<void> {
    const again = this.page.getByRole("button", { name: "Try again" });
    for (;;) {
      await this.page.waitForFunction(() => document.documentElement.dataset["state"] !== "joining");
      if ((await this.state) !== "full") return;
      await again.click();
    }
  }

  /** Resolves when so many peers are shown, each connected, and new pictures have come from each since now. */
  async untilSeeing(count: number): Promise<void> {
    await this.page
      .waitForFunction((peers) => {
        const tiles = [...document.querySelectorAll<HTMLElement>("[data-peer]")];
        const seen = tiles.map((tile) => {
          const video = tile.querySelector("video");
          const frames = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
          // The first look counts what came before it.
          tile.dataset["framesBefore"] ??= String(frames);
          return tile.dataset["state"] === "connected" && frames > Number(tile.dataset["framesBefore"]) + 2;
        });
        return seen.length === peers && seen.every(Boolean);
      }, count)
      .catch(async (error: unknown) =>
        assert.fail(`waited for ${count} peers\n${await this.look()}\n${String(error)}`),
      );
    await this.page.evaluate(() => {
      for (const tile of document.querySelectorAll<HTMLElement>("[data-peer]"))
        delete tile.dataset["framesBefore"];
    });
  }

  /** What the page shows, in words. */
  look(): Promise<string> {
    return this.page.evaluate(
      () => `${document.documentElement.dataset["state"]}: ${document.body.innerText}`,
    );
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
