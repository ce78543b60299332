import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { testableMemoryBackend } from "../../server/src/testing.ts";
import { adviceOn } from "../src/advice.ts";
import { Call } from "../src/call.ts";
import { type CallEvents, iceServersOf, joinCall, type PeerMessage, SignalsError } from "../src/index.ts";
import type { Report } from "../../server/src/calls/ports/telemetry.ts";
import { closes } from "webrtc-signals-protocol";
import { heldBackend } from "../../../lab/wire/held-backend.ts";
import { serve } from "../../../lab/wire/serve.ts";
import { TcpProxy } from "../../../lab/wire/tcp-proxy.ts";
import { join, leave, signal } from "../../../lab/wire/test-peer.ts";

/** The next `count` messages of a call. */
async function take(call: Call, count: number): Promise<PeerMessage[]> {
  const messages: PeerMessage[] = [];
  for await (const message of call) {
    messages.push(message);
    if (messages.length === count) return messages;
  }
  throw new Error(`the call ended after ${messages.length} messages`);
}

function next<Name extends keyof CallEvents>(call: Call, name: Name): Promise<CallEvents[Name]> {
  return new Promise((resolve) => {
    const stop = call.on(name, (event) => {
      stop();
      resolve(event);
    });
  });
}

async function untilState(call: Call, state: CallEvents["state"]): Promise<void> {
  while (call.state !== state) await next(call, "state");
}

test("client › two calls find each other and talk in order", async (t) => {
  const { url } = await serve(t);
  await using one = await joinCall(url, "tea & biscuits");
  await using two = await joinCall(url, "tea & biscuits", { introduction: "I am two" });
  assert.deepEqual(await take(one, 1), [{ kind: "PEER", body: "I am two" }]);
  // Not awaited one by one: they keep their order all the same.
  await Promise.all([one.offer("sdp"), ...["1", "2", "3"].map((body) => one.candidate(body))]);
  assert.deepEqual(await take(two, 4), [
    { kind: "OFFER", body: "sdp" },
    ...["1", "2", "3"].map((body) => ({ kind: "CANDIDATE", body })),
  ]);
  await two.answer("sdp too");
  assert.deepEqual(await take(one, 1), [{ kind: "ANSWER", body: "sdp too" }]);
});

test("client › what comes while nobody listens waits: for the next iteration, or the next listener", async (t) => {
  const { url } = await serve(t);
  await using one = await joinCall(url, "tea");
  await using two = await joinCall(url, "tea", { introduction: "" });
  for (const body of ["1", "2", "3"]) await two.offer(body);
  const bodies: string[] = [];
  for await (const { body } of one) if (bodies.push(body) === 2) break;
  await two.offer("4");
  for await (const { body } of one) if (bodies.push(body) === 4) break;
  await two.offer("5");
  const heard = new Promise<void>((resolve) => {
    const stop = one.on("message", ({ body }) => {
      bodies.push(body);
      if (body !== "5") return;
      stop();
      resolve();
    });
  });
  await heard;
  assert.deepEqual(bodies, ["", "1", "2", "3", "4", "5"]);
});

test("client › leave frees the seat, ends the messages, and is what `await using` does", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  {
    await using call = await joinCall(url, "tea");
    assert.equal(call.state, "open");
  }
  const call = await joinCall(url, "tea");
  const messages = assert.rejects(take(call, 1), /ended after 0/);
  await call.leave();
  await messages;
  assert.deepEqual(await call.closed, { reason: "left" });
  await assert.rejects(call.offer("x"), { code: "call_closed" });
  await (await joinCall(url, "tea")).leave();
});

test("client › a full call rejects with call_full", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  await using _ = await joinCall(url, "tea");
  await assert.rejects(joinCall(url, "tea"), { name: "SignalsError", code: "call_full" });
});

test("client › what can't be a server or a call is told by its code", async (t) => {
  const { url, adminUrl } = await serve(t, { origin: ["https://elsewhere.test"] });
  const html = createServer((_, response) => void response.end("<p>hello")).listen(0, "127.0.0.1");
  t.after(() => html.close());
  await once(html, "listening");
  const cases: readonly (readonly [url: string, name: string, code: string])[] = [
    ["nonsense", "tea", "bad_url"],
    ["ftp://localhost", "tea", "bad_url"],
    [url, "", "bad_name"],
    [url, "a/b", "bad_name"],
    [url, "..", "bad_name"],
    [url, "x".repeat(300), "bad_name"],
    [adminUrl, "tea", "not_signals"],
    [`http://127.0.0.1:${addressOf(html).port}`, "tea", "not_signals"],
    ["http://127.0.0.1:1", "tea", "unreachable"],
  ];
  for (const [where, name, code] of cases) {
    await assert.rejects(
      joinCall(where, name),
      (error) => error instanceof SignalsError && error.code === code,
    );
  }
});

test("client › attaches again when its connection breaks, and hears everything exactly once", async (t) => {
  const { url } = await serve(t);
  const proxy = await TcpProxy.start(Number(new URL(url).port));
  t.after(() => proxy.close());
  await using call = await joinCall(`http://${proxy.addr}`, "tea");
  const ticket = await join(url, "tea");
  const heard = take(call, 1 + 30);
  for (let i = 0; i < 30; i += 1) {
    if (i % 10 === 5) proxy.cut();
    assert.equal(await signal(url, ticket, "OFFER", String(i)), 200);
  }
  const bodies = (await heard).slice(1).map(({ body }) => body);
  assert.deepEqual(
    bodies,
    Array.from({ length: 30 }, (_, i) => String(i)),
  );
});

test("client › goes on at the process that is left, with its own seat", async (t) => {
  const memory = testableMemoryBackend();
  const shared = heldBackend({ outlivesProcess: true, memory }).backend;
  const [first, second] = [
    await serve(t, { backend: shared, drainTimeoutMs: 100 }),
    await serve(t, { backend: shared }),
  ];
  const proxy = await TcpProxy.start(Number(new URL(first.url).port));
  t.after(() => proxy.close());
  await using call = await joinCall(`http://${proxy.addr}`, "tea");
  const ticket = await join(second.url, "tea");
  assert.equal((await take(call, 1))[0]?.kind, "PEER");
  proxy.target = Number(new URL(second.url).port);
  await first.close();
  assert.equal(await signal(second.url, ticket, "OFFER", "missed"), 200);
  assert.deepEqual(await take(call, 1), [{ kind: "OFFER", body: "missed" }]);
  await call.answer("still me");
});

test("client › joins anew when its seat is gone, and says that it did", async (t) => {
  const short = { seatCount: 1, seatTimeoutMs: 500, wsReadTimeoutMs: 400, wsPingIntervalMs: 100 };
  const { url } = await serve(t, short);
  const proxy = await TcpProxy.start(Number(new URL(url).port));
  t.after(() => proxy.close());
  await using call = await joinCall(`http://${proxy.addr}`, "tea");
  const before = call.session;
  const rejoined = next(call, "rejoin");
  const { target } = proxy;
  proxy.target = 1;
  proxy.cut();
  // Away for longer than its lease: somebody else could have the seat, has it, and leaves.
  let guest: Call | undefined;
  while (guest === undefined) guest = await joinCall(url, "tea").catch(() => undefined);
  await guest.leave();
  proxy.target = target;
  await rejoined;
  await untilState(call, "open");
  assert.notEqual(call.session, before);
});

test("client › tells a gap, and goes on with the same seat", async (t) => {
  const backend = testableMemoryBackend();
  const { url } = await serve(t, { backend, seatCount: 1, wsPingIntervalMs: 100 });
  await using call = await joinCall(url, "tea");
  const gap = next(call, "gap");
  backend.restart();
  await gap;
  await untilState(call, "open");
});

test("client › ends when it is replaced, and does not fight over its seat", async (t) => {
  const { url } = await serve(t);
  const call = await joinCall(url, "tea");
  await using other = await joinCall(url, "tea");
  const ticket = await join(url, "another");
  assert.ok(ticket.session !== "" && other.state === "open");
  // The same session elsewhere: what a copied page would do.
  const stolen = call.session;
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`);
  socket.addEventListener("open", () =>
    socket.send(JSON.stringify({ kind: "JOIN", call: "tea", session: stolen })),
  );
  const ended = await call.closed;
  assert.deepEqual([ended.reason, ended.error?.code], ["replaced", "replaced"]);
  socket.close();
});

test("client › a signal of unknown outcome is not repeated, unless it may be", async (t) => {
  const { url } = await serve(t);
  const proxy = await TcpProxy.start(Number(new URL(url).port));
  t.after(() => proxy.close());
  await using call = await joinCall(`http://${proxy.addr}`, "tea");
  proxy.cutOn = "maybe";
  await assert.rejects(call.offer("maybe"), { code: "signal_unknown" });
  const ticket = await join(url, "tea");
  proxy.cutOn = "again";
  const sent = call.send("OFFER", "again", true);
  await sent;
  assert.equal(await leave(url, ticket), 200);
});

test("client › a session that left by another way has left", async (t) => {
  const { url } = await serve(t);
  const call = await joinCall(url, "tea");
  const ended = call.closed;
  assert.equal(await leave(url, { kind: "JOIN", call: "tea", session: call.session }), 200);
  assert.deepEqual(await ended, { reason: "left" });
});

test("client › what a proxy answers in a server's place leaves the outcome unknown", async (t) => {
  const { url } = await serve(t);
  let posts = 0;
  const proxy = createServer((request, response) => {
    if (request.url === "/signal") {
      posts += 1;
      response.writeHead(504).end("<h1>Gateway Timeout");
    } else
      void fetch(url + request.url, { method: "POST" }).then(async (answer) =>
        response.end(await answer.text()),
      );
  }).listen(0, "127.0.0.1");
  t.after(() => proxy.close());
  proxy.on("upgrade", (_, socket) => socket.destroy());
  await once(proxy, "listening");
  const call = new Call(`http://127.0.0.1:${addressOf(proxy).port}`, "tea", {});
  while (call.session === "") await next(call, "state");
  await assert.rejects(call.offer("x"), { code: "signal_unknown" });
  assert.equal(posts, 1);
  await Promise.all([call.leave(), assert.rejects(call.opened)]);
  proxy.closeAllConnections();
});

test("client › an abort by a listener opens no websocket after it", async (t) => {
  const sockets: unknown[] = [];
  const report = ({ event }: Report): void => void (event === "attach" && sockets.push(event));
  const { url } = await serve(t, { report });
  const abort = new AbortController();
  const call = new Call(url, "tea", { signal: abort.signal });
  call.on("state", (state) => state === "attaching" && abort.abort());
  await assert.rejects(call.opened, { code: "call_closed" });
  assert.deepEqual(await call.closed, { reason: "aborted" });
  await join(url, "tea");
  assert.deepEqual(sockets, []);
});

test("client › an abort ends it at any time", async (t) => {
  const { url } = await serve(t);
  await assert.rejects(joinCall(url, "tea", { signal: AbortSignal.abort() }), { code: "call_closed" });
  const abort = new AbortController();
  const call = await joinCall(url, "tea", { signal: abort.signal });
  abort.abort();
  assert.deepEqual(await call.closed, { reason: "aborted" });
});

test("client › has the server's ICE servers, and asks anew only when their time is nearly over", async (t) => {
  const turn = { turnUrl: "turn:turn.test:3478", turnSecret: "shared", turnTtlMs: 60_000 };
  const asked: string[] = [];
  const report = (told: Report): void => void (told.event === "ice" && asked.push(told.outcome));
  const { url } = await serve(t, { ...turn, iceServers: '[{"urls":"stun:stun.test"}]', report });
  await using call = await joinCall(url, "tea");
  const servers = await iceServersOf(call);
  assert.deepEqual(servers[0], { urls: "stun:stun.test" });
  assert.match(servers[1]?.username ?? "", /^\d+:/);
  assert.deepEqual(await iceServersOf(call), servers);
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() + 50_000 });
  await iceServersOf(call);
  assert.deepEqual(asked, ["ok", "ok"]);
});

test("client › what passes no websockets is told, and not tried for ever", async (t) => {
  const { url } = await serve(t);
  // A proxy that forwards requests, and knows nothing of upgrades.
  const proxy = createServer(async (request, response) => {
    const passed = await fetch(`${url}${request.url}`, { method: request.method ?? "GET" });
    response.writeHead(passed.status, { "Content-Type": "application/json" });
    response.end(await passed.text());
  }).listen(0, "127.0.0.1");
  proxy.on("upgrade", (_, socket) => socket.end("HTTP/1.1 404 Not Found\r\n\r\n"));
  await once(proxy, "listening");
  t.after(() => proxy.close());
  const joining = joinCall(`http://127.0.0.1:${addressOf(proxy).port}`, "tea");
  await assert.rejects(joining, { code: "unreachable", message: /\/ws does not answer/ });
});

test("client › obeys every close code as the table has it", () => {
  for (const [reason, { code, advice }] of Object.entries(closes)) {
    const expected = advice === "stop" ? "stop" : advice === "join anew" ? "join" : "attach";
    assert.equal(adviceOn(code), expected, reason);
  }
});

function addressOf(server: { address(): AddressInfo | string | null }): AddressInfo {
  const address = server.address();
  assert.ok(address !== null && typeof address !== "string");
  return address;
}
