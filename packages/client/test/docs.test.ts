import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import test, { type TestContext } from "node:test";
import { exampleOf } from "../../../lab/wire/docs-example.ts";
import { serve } from "../../../lab/wire/serve.ts";
import { TestPeer, join, signal } from "../../../lab/wire/test-peer.ts";

const client = new URL("../src/index.ts", import.meta.url).href;

/** Runs the example under a heading of docs/client.md against a service, and answers what it prints. */
async function run(t: TestContext, heading: string, url: string): Promise<string> {
  const code = await exampleOf(heading, url, client);
  const child = spawn(process.execPath, ["--input-type=module", "-"], { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const printed = text(child.stdout);
  child.stdin.end(code);
  const [status]: unknown[] = await once(child, "exit");
  assert.equal(status, 0);
  return printed;
}

test("client › the ten-line call of docs/client.md runs", async (t) => {
  const { url } = await serve(t);
  const printed = run(t, "A call", url);
  // The other side, by the seed's messages: joins once the example has, and answers its offer.
  const ticket = await join(url, "words");
  const peer = await TestPeer.attach(url, ticket);
  const first = await peer.next();
  // Whoever came first hears PEER; the example came second here, so it hears an OFFER.
  assert.equal(first.kind, "PEER");
  assert.equal(await signal(url, ticket, "OFFER", "sdp"), 200);
  assert.deepEqual(await peer.next(), { kind: "ANSWER", call: "words", body: "my answer" });
  assert.equal(await signal(url, ticket, "ANSWER", "done"), 200);
  assert.equal(await printed, "heard OFFER sdp\nheard ANSWER done\n");
});

test("client › the Node example of docs/client.md runs", async (t) => {
  const { url } = await serve(t);
  assert.equal(await run(t, "In Node", url), "guest hears welcome, guest 1\n");
});
