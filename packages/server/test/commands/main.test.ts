import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import test from "node:test";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Environment } from "../../src/settings/read.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const cli = fileURLToPath(new URL("../../src/commands/main.ts", import.meta.url));
const manifest: { version: string; scripts: { start: string } } = JSON.parse(
  readFileSync(new URL("../../../../package.json", import.meta.url), "utf8"),
);
const anyPorts = ["--addr", "127.0.0.1:0", "--healthz-addr", "127.0.0.1:0"];

test("cli › prints the usage and every setting for --help", async (t) => {
  const { code, stdout, stderr } = await run(t, ["--help"]);
  assert.match(stdout, /^Usage: signals /);
  assert.match(stdout, /--healthz-addr .*SIGNALS_HEALTHZ_ADDR/);
  assert.deepEqual([code, stderr], [0, ""]);
});

test("cli › prints just the version for --version", async (t) => {
  assert.deepEqual(await run(t, ["--version"]), { code: 0, stdout: `${manifest.version}\n`, stderr: "" });
});

test("cli › tells every bad setting on a line of its own and exits 2", async (t) => {
  const args = ["--seat-count", "0", "--adr", ":1", "--seat-timeout", "30"];
  const { code, stdout, stderr } = await run(t, args, { SIGNALS_ADDR: "8080" });
  assert.deepEqual(stderr.split("\n"), [
    'signals: unknown flag "--adr"; did you mean --addr?',
    'signals: SIGNALS_ADDR "8080" has no colon; give :8080 for every interface',
    'signals: --seat-count "0" is too little; give 1 to 1000',
    'signals: --seat-timeout "30" needs a unit, e.g. 30s; give 100ms to 24h',
    "",
  ]);
  assert.deepEqual([code, stdout], [2, ""]);
});

test("cli › tells in one line that Node is too old", async (t) => {
  const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "24.8.1" } })`;
  const { code, stdout, stderr } = await run(t, ["--version"], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(older)}`,
  });
  assert.match(stderr, /^signals: needs Node >=24\.9, this is .*; install a newer Node\n$/);
  assert.deepEqual([code, stdout], [1, ""]);
});

test("cli › serves, prints where, and exits 0 on SIGTERM and on SIGINT", async (t) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const { child, url, adminUrl } = await start(t, anyPorts);
    assert.match(url, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    assert.equal((await fetch(`${url}/call/cli`)).status, 200);
    assert.equal((await fetch(`${adminUrl}/healthz`)).status, 200);
    child.kill(signal);
    assert.deepEqual(await once(child, "exit"), [0, null], signal);
  }
});

test("cli › says last where the page is, when it serves one", async (t) => {
  const { url, lineOf } = await start(t, [...anyPorts, "--demo"]);
  assert.equal(await lineOf(/^open (.*) in two tabs$/), `${url}/`);
  assert.match(await (await fetch(`${url}/`)).text(), /^<!doctype html>/i);
});

test("cli › as npm start, serves the page unless told otherwise, and warns of nothing", async (t) => {
  for (const [args, status] of [[anyPorts, 200] as const, [[...anyPorts, "--demo=false"], 404] as const]) {
    const command = `${manifest.scripts.start} ${args.join(" ")}`;
    const env = { PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
    const child = spawn("sh", ["-c", command], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    t.after(() => child.kill("SIGKILL"));
    const { url, stderr } = await served(child);
    assert.equal((await fetch(`${url}/`)).status, status, command);
    child.kill();
    for (const line of (await stderr).trimEnd().split("\n")) assert.match(line, /^\{"level":"info",/);
  }
});

test("cli › stops at once on a second signal", async (t) => {
  for (const [second, code] of [["SIGINT", 130] as const, ["SIGTERM", 143] as const]) {
    const { child, url, lineOf } = await start(t, anyPorts);
    await holdRequest(url);
    child.kill("SIGTERM");
    await lineOf(/^(SIGTERM): draining/);
    child.kill(second);
    assert.deepEqual(await once(child, "exit"), [code, null]);
  }
});

test("cli › takes the two SIGINTs of one Ctrl-C under npm for one", async (t) => {
  const { child, url, lineOf } = await start(t, anyPorts);
  const answer = fetch(`${url}/call/cli`);
  child.kill("SIGINT");
  child.kill("SIGINT");
  await lineOf(/^(SIGINT): draining/);
  await answer.catch(() => {});
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("cli › says that a setting without effect has none, and serves", async (t) => {
  const { child, stderr } = await start(t, [...anyPorts, "--ws-handshake-timeout", "3s"]);
  child.kill();
  assert.match(await stderr, /^signals: --ws-handshake-timeout has no effect on this runtime; /m);
});

test("cli › tells in one line which address can't be listened on, and exits 1", async (t) => {
  const taken = createServer().listen(0, "127.0.0.1");
  t.after(() => taken.close());
  await once(taken, "listening");
  const address = taken.address();
  assert.ok(typeof address === "object" && address !== null);
  const there = `127.0.0.1:${address.port}`;
  const cases: readonly [args: readonly string[], problem: RegExp][] = [
    [["--addr", there, "--healthz-addr", "127.0.0.1:0"], /^signals: can't start: --addr: .*another port$/m],
    [
      ["--addr", "127.0.0.1:0", "--healthz-addr", there],
      /^signals: can't start: --healthz-addr: .*another port$/m,
    ],
    [["--addr", "192.0.2.1:0", "--healthz-addr", ":0"], /^signals: can't start: --addr: .*of this machine/m],
    [
      ["--addr", `${"x".repeat(64)}:0`, "--healthz-addr", ":0"],
      /^signals: can't start: --addr: .*host that resolves/m,
    ],
  ];
  for (const [args, problem] of cases) {
    const { code, stderr } = await run(t, args);
    assert.match(stderr, problem);
    assert.equal(code, 1, args.join(" "));
  }
});

type Ran = { readonly code: unknown; readonly stdout: string; readonly stderr: string };

async function run(t: TestContext, args: readonly string[], env: Environment = {}): Promise<Ran> {
  const child = spawnCli(t, args, env);
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await once(child, "exit");
  const [stdout, stderr] = await output;
  return { code, stdout, stderr };
}

type Started = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly adminUrl: string;
  /** All that stderr will have held, once the process is gone. */
  readonly stderr: Promise<string>;
  /** Waits for a line of stdout, past those that do not match, and answers what the group in it caught. */
  readonly lineOf: (pattern: RegExp) => Promise<string>;
};

function start(t: TestContext, args: readonly string[]): Promise<Started> {
  return served(spawnCli(t, args, {}));
}

/** Waits until a process has said where it serves. */
async function served(child: Child): Promise<Started> {
  const stderr = text(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const lineOf = async (pattern: RegExp): Promise<string> => {
    for (let next = await lines.next(); !next.done; next = await lines.next()) {
      const caught = pattern.exec(next.value)?.[1];
      if (caught !== undefined) return caught;
    }
    return assert.fail(`no line matched ${pattern}; on stderr: ${await stderr}`);
  };
  const url = await lineOf(/^signals serves on (.*)$/);
  const adminUrl = await lineOf(/^admin on (.*)$/);
  return { child, url, adminUrl, stderr, lineOf };
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function spawnCli(t: TestContext, args: readonly string[], env: Environment): Child {
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  return child;
}

/** Sends a request but not its body, and waits until the service has seen it: closing has to wait for it. */
async function holdRequest(url: string): Promise<void> {
  const held = request(`${url}/signal`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": 100, expect: "100-continue" },
  });
  held.flushHeaders();
  await once(held, "continue");
  // It ends with the process.
  held.on("error", () => undefined);
}
