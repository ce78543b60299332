import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import type { JSHandle, Page } from "playwright-core";
import type * as Client from "../src/index.ts";
import { openWithClient, startChromium } from "../../../lab/wire/chromium.ts";
import { Coturn } from "../../../lab/wire/coturn.ts";
import { serve } from "../../../lab/wire/serve.ts";
import { TcpProxy } from "../../../lab/wire/tcp-proxy.ts";

/** What the tests hold of a client in a page. */
interface Held {
  readonly call: Client.Call;
  readonly peers: Client.Peers;
  readonly channels: RTCDataChannel[];
  readonly lost: Client.Peer[];
}

/** Joins, connects, and makes a channel to each peer. */
function connect(page: Page, options: Client.PeersOptions = {}): Promise<JSHandle<Held>> {
  return page.evaluateHandle(async (configuration) => {
    const path = "/client/index.js";
    const { connectPeers, joinCall }: typeof Client = await import(path);
    const call = await joinCall(location.origin, "tea");
    const peers = connectPeers(call, configuration);
    const held: Held = { call, peers, channels: [], lost: [] };
    peers.on("gone", (peer) => held.lost.push(peer));
    peers.on("peer", ({ connection }) => {
      held.channels.push(connection.createDataChannel("talk", { negotiated: true, id: 0 }));
    });
    return held;
  }, options);
}

async function untilOpen(page: Page, held: JSHandle<Held>): Promise<void> {
  await page.waitForFunction(
    ({ channels }) => channels.some(({ readyState }) => readyState === "open"),
    held,
  );
}

async function connectBoth(
  t: TestContext,
  url: string,
  options?: Client.PeersOptions,
): Promise<[Page, JSHandle<Held>, Page, JSHandle<Held>]> {
  const browser = await startChromium(t);
  const [one, two] = await Promise.all([openWithClient(browser, url), openWithClient(browser, url)]);
  const [first, second] = await Promise.all([connect(one, options), connect(two, options)]);
  await Promise.all([untilOpen(one, first), untilOpen(two, second)]);
  return [one, first, two, second];
}

test("client › two that must relay connect through a real coturn, with credentials from the service", async (t) => {
  const coturn = await Coturn.start("shared");
  t.after(() => coturn.remove());
  const { url } = await serve(t, { demo: true, turnUrl: [coturn.url], turnSecret: "shared" });
  const [page, held] = await connectBoth(t, url, { iceTransportPolicy: "relay" });
  // The statistics follow the connection: a channel can be open before they know the pair in use.
  const inUse = await page.waitForFunction(async ({ peers }) => {
    const [peer] = peers.all.values();
    const stats = [...((await peer?.connection.getStats())?.values() ?? [])];
    const { selectedCandidatePairId } = stats.find(({ type }) => type === "transport") ?? {};
    const pair = stats.find(({ id }) => id === selectedCandidatePairId);
    return (
      pair &&
      [pair.localCandidateId, pair.remoteCandidateId].map(
        (id) => stats.find((entry) => entry.id === id)?.candidateType,
      )
    );
  }, held);
  const types = await inUse.jsonValue();
  assert.deepEqual(types, ["relay", "relay"]);
});

test("client › where the TURN server refuses the credentials, those who must relay do not connect", async (t) => {
  const coturn = await Coturn.start("another secret");
  t.after(() => coturn.remove());
  const { url } = await serve(t, { demo: true, turnUrl: [coturn.url], turnSecret: "shared" });
  const browser = await startChromium(t);
  const [one, two] = await Promise.all([openWithClient(browser, url), openWithClient(browser, url)]);
  // What the browser itself says of the server: 401, Unauthorized.
  const refused = one.evaluate(
    () =>
      new Promise<number>((resolve) => {
        globalThis.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(configuration?: RTCConfiguration) {
            super(configuration);
            this.addEventListener("icecandidateerror", ({ errorCode }) => resolve(errorCode));
          }
        };
      }),
  );
  const held = await Promise.all([one, two].map((page) => connect(page, { iceTransportPolicy: "relay" })));
  assert.equal(await refused, 401);
  assert.deepEqual(await held[0]?.evaluate(({ channels }) => channels.map(({ readyState }) => readyState)), [
    "connecting",
  ]);
});

test("client › a change of network finds a new way, and keeps the connection", async (t) => {
  const { url } = await serve(t, { demo: true });
  const [one, held, two, other] = await connectBoth(t, url);
  const ufrag = (at: JSHandle<Held>): Promise<string | undefined> =>
    at.evaluate(({ peers }) => {
      const [peer] = peers.all.values();
      return /ice-ufrag:(\S+)/.exec(peer?.connection.currentLocalDescription?.sdp ?? "")?.[1];
    });
  const [before, theirs] = [await ufrag(held), await ufrag(other)];
  await one.context().setOffline(true);
  await one.context().setOffline(false);
  for (const [page, at, old] of [
    [one, held, before],
    [two, other, theirs],
  ] as const) {
    await page.waitForFunction(
      ([{ peers }, known]) => {
        const [peer] = peers.all.values();
        const now = /ice-ufrag:(\S+)/.exec(peer?.connection.currentLocalDescription?.sdp ?? "")?.[1];
        return now !== known && peer?.isWell;
      },
      [at, old] as const,
    );
  }
  assert.deepEqual(await held.evaluate(({ channels, lost }) => [channels.length, lost.length]), [1, 0]);
});

test("client › both negotiate at the same moment, twenty times: no track is lost", async (t) => {
  const { url } = await serve(t, { demo: true });
  const [one, held, two, other] = await connectBoth(t, url);
  const addTwenty = (at: JSHandle<Held>): Promise<void> =>
    at.evaluate(async ({ peers }) => {
      for (let count = 0; count < 20; count += 1) {
        const audio = new AudioContext().createMediaStreamDestination().stream;
        for (const track of audio.getTracks()) peers.addTrack(track, audio);
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
      }
    });
  await Promise.all([addTwenty(held), addTwenty(other)]);
  for (const [page, at] of [
    [one, held],
    [two, other],
  ] as const) {
    await page.waitForFunction(({ peers }) => {
      const [peer] = peers.all.values();
      const live = peer?.connection
        .getTransceivers()
        .filter(({ currentDirection }) => currentDirection === "sendrecv");
      return peer?.isWell && live?.length === 20;
    }, at);
  }
});

test("client › a track that is replaced twice at once, and removed, leaves nothing behind", async (t) => {
  const { url } = await serve(t, { demo: true });
  const [, held] = await connectBoth(t, url);
  const sent = await held.evaluate(async ({ peers }) => {
    const [first, second, third] = [0, 1, 2].map(() => {
      const [track] = new AudioContext().createMediaStreamDestination().stream.getTracks();
      return track;
    });
    if (first === undefined || second === undefined || third === undefined) return ["no tracks"];
    const sending = (): unknown => {
      const [peer] = peers.all.values();
      return peer?.connection.getSenders().map(({ track }) => [first, second, third].indexOf(track ?? first));
    };
    peers.addTrack(first);
    await Promise.all([peers.replaceTrack(first, second), peers.replaceTrack(second, third)]);
    const replaced = sending();
    peers.removeTrack(third);
    const [peer] = peers.all.values();
    return [replaced, peer?.connection.getSenders().every(({ track }) => track === null)];
  });
  assert.deepEqual(sent, [[2], true]);
});

test("client › a screen shared thirty times, and no more, makes one m-line, and is seen each time", async (t) => {
  const { url } = await serve(t, { demo: true });
  const [one, held, two, other] = await connectBoth(t, url);
  await other.evaluate(({ peers }) => {
    const [peer] = peers.all.values();
    peer?.connection.addEventListener("track", ({ streams }) => document.body.append(`${streams[0]?.id},`));
  });
  const ids: string[] = [];
  for (let round = 0; round < 30; round += 1) {
    const shared = await held.evaluateHandle(({ peers }) => {
      const stream = document.createElement("canvas").captureStream();
      const [track] = stream.getTracks();
      if (track !== undefined) peers.addTrack(track, stream);
      return { stream, stop: () => track && peers.removeTrack(track) };
    });
    ids.push(await shared.evaluate(({ stream }) => stream.id));
    await two.waitForFunction((known) => document.body.innerText.includes(known.join()), ids);
    await one.waitForFunction(({ peers }) => [...peers.all.values()].every(({ isWell }) => isWell), held);
    await shared.evaluate(({ stop }) => stop());
  }
  const lines = await held.evaluate(({ peers }) => {
    const [peer] = peers.all.values();
    return peer?.connection.localDescription?.sdp.match(/^m=video/gm)?.length;
  });
  assert.equal(lines, 1);
});

test("client › a track added while the seat was gone is there after the rejoin", async (t) => {
  const { url } = await serve(t, {
    demo: true,
    seatTimeoutMs: 1500,
    wsReadTimeoutMs: 1000,
    wsPingIntervalMs: 300,
  });
  const proxy = await TcpProxy.start(Number(new URL(url).port));
  t.after(() => proxy.close());
  const browser = await startChromium(t);
  const [one, two] = [
    await openWithClient(browser, `http://${proxy.addr}`),
    await openWithClient(browser, url),
  ];
  const [held, other] = await Promise.all([connect(one), connect(two)]);
  await Promise.all([untilOpen(one, held), untilOpen(two, other)]);
  const rejoined = held.evaluate(
    ({ call }) => new Promise<boolean>((resolve) => call.on("rejoin", () => resolve(true))),
  );
  proxy.standStill();
  await held.evaluate(({ peers }) => {
    const [track] = new AudioContext().createMediaStreamDestination().stream.getTracks();
    if (track !== undefined) peers.addTrack(track);
  });
  // Somebody else takes the seat once its lease has ended, and leaves it again.
  for (;;) {
    const answer = await fetch(`${url}/call/tea`, { method: "POST" });
    if (answer.status !== 200) continue;
    const { session } = JSON.parse(await answer.text());
    await fetch(`${url}/leave`, {
      method: "POST",
      body: JSON.stringify({ kind: "LEAVE", call: "tea", session }),
    });
    break;
  }
  proxy.cut();
  proxy.goOn();
  assert.equal(await rejoined, true);
  await two.waitForFunction(({ peers }) => {
    const [peer] = peers.all.values();
    return peer?.isWell && peer.connection.getTransceivers()[0]?.currentDirection === "recvonly";
  }, other);
});

test("client › a duplicated tab takes a seat of its own", async (t) => {
  const { url } = await serve(t, { demo: true, seatCount: 3 });
  const browser = await startChromium(t);
  const page = await openWithClient(browser, url);
  const joinKept = async (at: Page): Promise<string> =>
    at.evaluate(async () => {
      const path = "/client/index.js";
      const { joinCall }: typeof Client = await import(path);
      return (await joinCall(location.origin, "tea", { keepSession: true })).session;
    });
  const session = await joinKept(page);
  await page.reload();
  assert.equal(await joinKept(page), session, "a reloaded one keeps its own");
  const opened = page.context().waitForEvent("page");
  // What is opened by a page begins with a copy of its sessionStorage, as a duplicated tab does.
  await page.evaluate(() => window.open(location.href));
  const copy = await opened;
  await copy.waitForLoadState();
  assert.notEqual(await joinKept(copy), session);
});

test("client › with leaveOnPageHide a page that goes away gives its seat back", async (t) => {
  // The seat's lease would free it too, but not before the test has given up.
  const { url } = await serve(t, { demo: true, seatCount: 1, seatTimeoutMs: 3_600_000 });
  const browser = await startChromium(t);
  const page = await openWithClient(browser, url);
  const joinBriefly = (at: Page): Promise<string> =>
    at.evaluate(async () => {
      const path = "/client/index.js";
      const { joinCall }: typeof Client = await import(path);
      return (await joinCall(location.origin, "tea", { leaveOnPageHide: true })).state;
    });
  assert.equal(await joinBriefly(page), "open");
  await page.goto("about:blank");
  const next = await openWithClient(browser, url);
  for (;;) {
    const state = await joinBriefly(next).catch((error: unknown) => String(error));
    if (state === "open") return;
    assert.match(state, /every seat/);
  }
});
