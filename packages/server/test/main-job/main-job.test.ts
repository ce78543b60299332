import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import test, { type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { offerBeforeAttach, openDataChannel } from "./jobs.ts";

const timeout = 60_000;

// A run that is interrupted exits, as one that ends, so that it takes the service with it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

test(
  "main job › two peers of a real WebRTC stack open a data channel by the seed's messages and CANDIDATE",
  {
    timeout,
  },
  async (t) => {
    const { url, leave } = await start(t);
    await openDataChannel(url, url);
    await leave();
  },
);

test(
  "main job › an OFFER posted the instant PEER is heard arrives 200 times of 200, before the other has opened its websocket",
  {
    timeout,
  },
  async (t) => {
    const { url, leave } = await start(t);
    await offerBeforeAttach(url, url);
    await leave();
  },
);

interface Started {
  readonly url: string;
  /** Sends SIGTERM to what the user started, and fails unless it ends with exit code 0. */
  readonly leave: () => Promise<void>;
}

/** Starts the service as a user does, on free ports of loopback. */
async function start(t: TestContext): Promise<Started> {
  const anywhere = ["--addr", "127.0.0.1:0", "--healthz-addr", "127.0.0.1:0"];
  const child = spawn("npm", ["start", "--silent", "--", ...anywhere], {
    cwd: fileURLToPath(new URL("../../../..", import.meta.url)),
    // A group of its own, so that no failure leaves the service behind npm.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Npm and the service hold the pipes: they are closed when both have ended.
  const closed = once(child, "close");
  const stderr = text(child.stderr);
  const { pid } = child;
  assert.ok(pid !== undefined, "npm did not start");
  let running = true;
  const kill = (): void => {
    if (running) process.kill(-pid, "SIGKILL");
  };
  process.once("exit", kill);
  t.after(async () => {
    kill();
    await closed;
  });
  child.once("close", () => {
    running = false;
    process.off("exit", kill);
  });

  const lines = createInterface({ input: child.stdout });
  const [line]: unknown[] = await Promise.race([once(lines, "line"), closed]);
  const url = /^signals serves on (http:\/\/127\.0\.0\.1:\d+)$/.exec(String(line))?.[1];
  assert.ok(url !== undefined, `the service said ${String(line)}; on stderr: ${running ? "" : await stderr}`);

  async function leave(): Promise<void> {
    child.kill("SIGTERM");
    assert.deepEqual(await closed, [0, null], await stderr);
  }
  return { url, leave };
}
