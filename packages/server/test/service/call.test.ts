import assert from "node:assert/strict";
import test from "node:test";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, leave, signal, TestPeer } from "../../../../lab/wire/test-peer.ts";

test("call › two peers find each other by the seed's messages alone", async (t) => {
  const { url } = await serve(t);
  const first = await join(url, "tea");
  const one = await TestPeer.attach(url, first);
  const second = await join(url, "tea");
  assert.deepEqual(await one.next(), { kind: "PEER", call: "tea" });
  const two = await TestPeer.attach(url, second);
  assert.equal(await signal(url, first, "OFFER", "sdp of one"), 200);
  assert.deepEqual(await two.next(), { kind: "OFFER", call: "tea", body: "sdp of one" });
  assert.equal(await signal(url, second, "ANSWER", "sdp of two"), 200);
  assert.deepEqual(await one.next(), { kind: "ANSWER", call: "tea", body: "sdp of two" });
  assert.equal(await signal(url, second, "CANDIDATE", "c"), 200);
  assert.deepEqual(await one.next(), { kind: "CANDIDATE", call: "tea", body: "c" });
  assert.deepEqual(two.heard.length, 2);
});

test("leave › frees the seat at once and closes the websocket 1000 left", async (t) => {
  const { url } = await serve(t);
  const ticket = await join(url, "tea");
  await join(url, "tea");
  await assert.rejects(join(url, "tea"), /409/);
  const peer = await TestPeer.attach(url, ticket);
  assert.equal(await leave(url, ticket), 200);
  assert.deepEqual(await peer.closed, { code: 1000, reason: "left" });
  await join(url, "tea");
  assert.equal(await leave(url, ticket), 409);
});
