// `npm run screenshots [folder] [state]`: the page of `--demo` in every state, or in those whose name holds `state`, on a
// desk and on a phone, light and dark, as PNGs in `screenshots` or the folder named. Needs chromium, on PATH or named by
// CHROMIUM_PATH.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { chromiumFlags } from "../lab/wire/chromium.ts";

const root = dirname(import.meta.dirname);
const [folder = join(root, "screenshots"), only = ""] = process.argv.slice(2);

const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } };

/** No loopback: over plain http the browser gives its pages neither camera nor clipboard. */
const insecureHost = "signals.example";

const flags = ["--headless", ...chromiumFlags, `--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`];

/**
 * Every state: how many seats its call has; `reach` gets there and answers the tab to be shown; `before` comes before
 * each picture, since the panels close when the window changes its size.
 */
const states = {
  waiting: { reach: ({ open }) => open() },
  connected: { reach: meet },
  "connected-three": { seats: 3, reach: meet },
  "connected-six": { seats: 6, reach: meet },
  muted: { reach: mute },
  chat: { reach: talk, before: (tab) => unfold(tab, "Chat") },
  unread: { reach: talk, before: (tab) => fold(tab, "Chat") },
  signaling: { reach: meet, before: (tab) => unfold(tab, "Signaling") },
  reconnecting: { reach: loseServer },
  full: { reach: (stage) => meet(stage).then(() => stage.open()) },
  "no-camera": { reach: ({ open }) => open({ media: "NotFoundError" }) },
  denied: { reach: (stage) => meet(stage, { media: "NotAllowedError" }) },
  insecure: { reach: ({ open }) => open({ host: insecureHost }) },
  left: { reach: (stage) => meet(stage).then((tab) => press(tab, "Hang up")) },
  replaced: { reach: replace },
  "bad-name": { reach: ({ open }) => open({ call: "tea/cake" }) },
  unreachable: { reach: loseTheWay },
};

mkdirSync(resolve(folder), { recursive: true });
const executablePath = process.env.CHROMIUM_PATH || pathOf("chromium");
const browser = await chromium.launch({ executablePath, args: flags });
for (const [name, state] of Object.entries(states)) if (name.includes(only)) await take(name, state);
await browser.close();

/** Goes to a state on a service of its own, and takes its pictures. */
async function take(name, { seats = 2, reach, before = async () => {} }) {
  const stage = await startStage(seats);
  try {
    const tab = await reach(stage);
    for (const size of Object.keys(sizes)) await picture(tab, name, size, before);
  } finally {
    await stage.close();
  }
}

async function picture(tab, name, size, before) {
  await tab.setViewportSize(sizes[size]);
  await tab.waitForTimeout(100);
  await before(tab);
  await tab.mouse.move(0, 0);
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Pictures have come, and what is shown for a moment has gone.
    await tab.waitForTimeout(600);
    const file = `${name}-${size}-${colorScheme}.png`;
    await tab.screenshot({ path: resolve(folder, file) });
    console.log(file);
  }
}

/** A service, and tabs on one call of it. `close` ends both. */
async function startStage(seats) {
  const args = [
    "--demo",
    "--addr",
    "127.0.0.1:0",
    "--healthz-addr",
    "127.0.0.1:0",
    "--seat-count",
    String(seats),
  ];
  const service = spawn(process.execPath, [join(root, "packages/server/src/commands/main.ts"), ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(createInterface(service.stdout), "line");
  const url = new URL(line.split(" ").at(-1));
  const tabs = [];

  async function open({ host = url.hostname, call = "amber-otter-37", media } = {}) {
    const context = await browser.newContext({ viewport: sizes.desk });
    const tab = await context.newPage();
    tabs.push(tab);
    tab.on("pageerror", (error) => console.error(error));
    tab.on("console", (message) => message.type() === "error" && console.error(message.text()));
    if (media !== undefined) await tab.addInitScript(refuseMedia, media);
    else await tab.addInitScript(poseMedia, tabs.length * 137);
    await tab.goto(`http://${host}:${url.port}/?call=${call}`);
    await tab.locator("html:not([data-state=joining])").waitFor();
    return tab;
  }

  async function stop() {
    service.kill("SIGKILL");
    await once(service, "exit");
  }

  async function close() {
    await Promise.all(tabs.map((tab) => tab.context().close()));
    if (service.exitCode === null && service.signalCode === null) await stop();
  }

  return { url, seats, tabs, open, stop, close };
}

/** As many tabs as the call has seats; the first one is shown, and opened as `options` say. */
async function meet({ open, seats, tabs }, options) {
  await open(options);
  for (let seat = 1; seat < seats; seat += 1) await open();
  for (const tab of tabs)
    await tab
      .locator(".tile[data-state=connected]")
      .nth(seats - 2)
      .waitFor();
  return tabs[0];
}

async function mute(stage) {
  const tab = await meet(stage);
  for (const one of stage.tabs) {
    await press(one, "Mute");
    await press(one, "Turn camera off");
  }
  return tab;
}

async function talk(stage) {
  const tab = await meet(stage);
  const [mine, theirs] = stage.tabs;
  const lines = [
    [theirs, "Hello! Can you see me?"],
    [mine, "Yes, and hear you. That was quick: I only opened the link."],
    [theirs, "Nothing to install, nothing to sign up for."],
    [mine, "And what we write here goes straight from browser to browser."],
    [theirs, "Wait, let me show you something"],
  ];
  for (const [writer, text] of lines) {
    await fold(mine, "Chat");
    await unfold(writer, "Chat");
    await writer.getByLabel("Message", { exact: true }).fill(text);
    await press(writer, "Send");
    for (const one of stage.tabs) await one.getByText(text).last().waitFor({ state: "attached" });
  }
  return tab;
}

async function loseServer(stage) {
  const tab = await meet(stage);
  await stage.stop();
  await tab.locator(".notice").waitFor();
  return tab;
}

/** Takes the seat of a tab with another websocket, as a tab with the same session would. */
async function replace({ url, open }) {
  const tab = await open();
  const joined = tab.waitForResponse(/\/call\//);
  await tab.reload();
  await press(tab, "Hang up");
  await press(tab, "Join again");
  const socket = new WebSocket(new URL("/ws", url));
  await once(socket, "open");
  socket.send(await (await joined).text());
  await tab.locator("html[data-state=replaced]").waitFor();
  socket.close();
  return tab;
}

async function loseTheWay({ open }) {
  const tab = await open();
  await press(tab, "Hang up");
  await tab.route("**/call/**", (route) => route.abort());
  await press(tab, "Join again");
  await tab.locator("html[data-state=failed]").waitFor();
  return tab;
}

async function press(tab, name) {
  await tab.getByRole("button", { name, exact: true }).click();
  return tab;
}

async function unfold(tab, name, expanded = "true") {
  const button = tab.getByRole("button", { name: new RegExp(`^${name}`) });
  if ((await button.getAttribute("aria-expanded")) !== expanded) await button.click();
}

function fold(tab, name) {
  return unfold(tab, name, "false");
}

/** Runs in the page: the browser has no camera to give, for the reason of this name. */
function refuseMedia(name) {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("refused", name));
  navigator.permissions.query = () => Promise.resolve({ state: "denied" });
}

/** Runs in the page: in place of the browser's green test picture somebody sits there, in clothes of this hue. */
function poseMedia(hue) {
  const devices = navigator.mediaDevices;
  const open = devices?.getUserMedia.bind(devices);
  if (open === undefined) return;
  devices.getUserMedia = async (constraints) => {
    const stream = await open({ audio: constraints.audio });
    if (constraints.video) stream.addTrack(pose());
    return stream;
  };

  function pose() {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const pen = canvas.getContext("2d");
    setInterval(() => {
      const sway = Math.sin(performance.now() / 700) * 6;
      oval(640, 360, 1300, 1300, `hsl(${hue + 30} 22% 74%)`);
      oval(1010, 240, 190, 190, `hsl(${hue + 50} 35% 84%)`);
      oval(640 + sway, 760, 330, 300, `hsl(${hue} 38% 38%)`);
      oval(640 + sway, 470, 62, 110, "hsl(24 40% 58%)");
      oval(640 + sway * 1.4, 335, 118, 148, "hsl(24 45% 66%)");
      oval(640 + sway * 1.4, 235, 132, 92, `hsl(${hue + 20} 25% 20%)`);
    }, 66);
    return canvas.captureStream(15).getVideoTracks()[0];

    function oval(x, y, width, height, color) {
      pen.fillStyle = color;
      pen.beginPath();
      pen.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
      pen.fill();
    }
  }
}

function pathOf(program) {
  return spawnSync("sh", ["-c", 'command -v "$0"', program], { encoding: "utf8" }).stdout.trim();
}
