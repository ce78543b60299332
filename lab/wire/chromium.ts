import { execFileSync } from "node:child_process";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

/** Nothing asked of the network, cameras and microphones that are made up, and peers that meet on loopback. */
export const chromiumFlags: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  // Without it Chromium crashes on a machine that has no interface but loopback.
  "--allow-loopback-in-peer-connection",
];

/** Starts a Chromium that is closed when the test ends, with flags more than those above, or less. */
export async function startChromium(
  t: TestContext,
  { more = [], less = [] }: { more?: readonly string[]; less?: readonly string[] } = {},
): Promise<Browser> {
  const program = process.env["CHROMIUM_PATH"] || "chromium";
  const executablePath = execFileSync("sh", ["-c", 'command -v "$0"', program], { encoding: "utf8" }).trim();
  const args = [...chromiumFlags.filter((flag) => !less.includes(flag)), ...more];
  const browser = await chromium.launch({ executablePath, args });
  t.after(() => browser.close());
  return browser;
}

/**
 * A page of the service's own origin that does nothing by itself: a stylesheet, shown as text. One made up by the test
 * would not do, since Chromium lets no such page speak to loopback. The built client can be imported from `clientPath`.
 */
export async function openWithClient(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  await context.route(`**${clientPath}`, (route) =>
    route.fulfill({ path: builtClient, contentType: "text/javascript" }),
  );
  const page = await context.newPage();
  await page.goto(`${url}/page/page.css`);
  return page;
}

export const clientPath = "/client/index.js";
const builtClient = fileURLToPath(new URL("../../packages/client/dist/index.js", import.meta.url));
