import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { type RTCDataChannel, RTCPeerConnection } from "werift";
import { testableMemoryBackend } from "../../src/testing.ts";
import type { IceAnswer, IceServer } from "webrtc-signals-protocol";
import type { ServiceOptions } from "../../src/service.ts";
import { Coturn } from "../../../../lab/wire/coturn.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, post, signal, TestPeer, type Ticket } from "../../../../lab/wire/test-peer.ts";
import { allocate } from "../../../../lab/wire/turn-allocate.ts";

const secret = "shared by both";

async function coturnFor(t: TestContext, ...more: string[]): Promise<Coturn> {
  const coturn = await Coturn.start(secret, ...more);
  t.after(() => coturn.remove());
  return coturn;
}

async function iceServersOf(url: string, ticket: Ticket): Promise<readonly IceServer[]> {
  const response = await post(url, "/ice", { ...ticket, kind: "ICE" });
  assert.equal(response.status, 200);
  const { iceServers }: IceAnswer = JSON.parse(await response.text());
  return iceServers;
}

/** Credentials from a service of its own, as a client would get them. */
async function credentialsFrom(
  t: TestContext,
  options: ServiceOptions,
): Promise<{ readonly username: string; readonly credential: string }> {
  const { url } = await serve(t, options);
  const [{ username = "", credential = "" } = {}] = await iceServersOf(url, await join(url, "tea"));
  return { username, credential };
}

test("coturn › relays for credentials from /ice, and refuses wrong and expired ones with 401", async (t) => {
  const coturn = await coturnFor(t);
  const turn = { turnUrl: [coturn.url], turnSecret: secret, turnTtlMs: 60_000 };
  const good = await credentialsFrom(t, turn);
  assert.equal(await allocate(coturn.port, good.username, good.credential), "relayed");

  const [expiry = "", label = ""] = good.username.split(":");
  const longer = `${Number(expiry) + 3600}:${label}`;
  assert.equal(await allocate(coturn.port, good.username, "x"), 401, "a wrong credential");
  assert.equal(await allocate(coturn.port, longer, good.credential), 401, "another end than the signed one");

  const stranger = await credentialsFrom(t, { ...turn, turnSecret: "another" });
  assert.equal(await allocate(coturn.port, stranger.username, stranger.credential), 401, "another secret");

  // As /ice makes them, by a clock at which they have ended a minute ago.
  const backend = testableMemoryBackend(() => Date.now() - 120_000);
  t.after(() => backend.close());
  const expired = await credentialsFrom(t, { ...turn, backend });
  assert.equal(await allocate(coturn.port, expired.username, expired.credential), 401, "expired");
});

test("coturn › counts what one session uses, whatever credentials it uses it with", async (t) => {
  const coturn = await coturnFor(t, "user-quota=1");
  let now = Date.now();
  const backend = testableMemoryBackend(() => now);
  t.after(() => backend.close());
  const { url } = await serve(t, { turnUrl: [coturn.url], turnSecret: secret, backend });
  const [one, two] = [await join(url, "tea"), await join(url, "tea")];
  const allocateFor = async (ticket: Ticket): Promise<unknown> => {
    const [{ username = "", credential = "" } = {}] = await iceServersOf(url, ticket);
    return allocate(coturn.port, username, credential);
  };
  assert.equal(await allocateFor(one), "relayed");
  now += 10_000;
  assert.equal(await allocateFor(one), 486, "Allocation Quota Reached");
  assert.equal(await allocateFor(two), "relayed");
});

test("coturn › two peers that may only use relays reach each other with what /ice gives them", async (t) => {
  const coturn = await coturnFor(t);
  const { url } = await serve(t, { turnUrl: [coturn.url], turnSecret: secret });
  const [one, two] = [await join(url, "tea"), await join(url, "tea")];
  const [first, second] = [await TestPeer.attach(url, one), await TestPeer.attach(url, two)];
  const [caller, callee] = [await relayed(t, url, one), await relayed(t, url, two)];
  assert.equal((await first.next()).kind, "PEER");

  const channel = caller.createDataChannel("talk");
  // Resolves when everything is gathered, so the description holds all candidates.
  await caller.setLocalDescription(await caller.createOffer());
  await signal(url, one, "OFFER", described(caller));
  await callee.setRemoteDescription(JSON.parse((await second.next()).body ?? ""));
  const heard = Promise.withResolvers<string>();
  callee.onDataChannel.subscribe((own) => own.onMessage.subscribe((data) => heard.resolve(String(data))));
  await callee.setLocalDescription(await callee.createAnswer());
  await signal(url, two, "ANSWER", described(callee));
  await caller.setRemoteDescription(JSON.parse((await first.next()).body ?? ""));

  await opened(channel);
  channel.send("through the relay");
  assert.equal(await heard.promise, "through the relay");
  for (const connection of [caller, callee]) {
    const kinds = described(connection).match(/ typ \w+/g) ?? [];
    assert.deepEqual([...new Set(kinds)], [" typ relay"], "no address but relayed ones is told");
  }
});

async function relayed(t: TestContext, url: string, ticket: Ticket): Promise<RTCPeerConnection> {
  const iceServers = [...(await iceServersOf(url, ticket))];
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: "relay" });
  t.after(() => connection.close());
  return connection;
}

function described({ localDescription }: RTCPeerConnection): string {
  return JSON.stringify(localDescription);
}

async function opened(channel: RTCDataChannel): Promise<void> {
  if (channel.readyState !== "open") await channel.stateChanged.watch((state) => state === "open", 20_000);
}
