import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import { memoryBackend } from "../../src/backends/memory/memory-backend.ts";
import { BackendError } from "../../src/calls/ports/backend.ts";
import type { Report } from "../../src/calls/ports/telemetry.ts";
import { startService } from "../../src/service.ts";
import { heldBackend } from "../../../../lab/wire/held-backend.ts";
import {
  ask,
  askJson,
  assertProblem,
  frame,
  opcodes,
  RawConnection,
  requestBytes,
  upgradeHeaders,
} from "../../../../lab/wire/raw-http.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, leave, signal, TestPeer } from "../../../../lab/wire/test-peer.ts";

const anywhere = { host: "127.0.0.1", port: 0 };
const json = { "Content-Type": "application/json" };

/** Asks until the answer is 200: the server hears of a connection's end in its own time. */
async function askUntilServed(url: string, target: string): Promise<void> {
  while ((await ask(url, { target })).status !== 200);
}

test("requests › that are slow to arrive are answered 408, wherever they stop, and change nothing", async (t) => {
  const { url } = await serve(t, { requestTimeoutMs: 300, seatCount: 1 });
  const post = { method: "POST", headers: { ...json, "Content-Length": "100" } };
  const inChunks = { method: "POST", headers: { ...json, "Transfer-Encoding": "chunked" } };
  const beginnings = [
    "G",
    "GET /call/tea HTTP/1.1\r\n",
    "GET /call/tea HTTP/1.1\r\nHost: signals.test\r\nX-Slow",
    requestBytes({ ...post, target: "/call/tea" }),
    Buffer.concat([requestBytes({ ...post, target: "/signal" }), Buffer.from('{"kind"')]),
    Buffer.concat([requestBytes({ ...inChunks, target: "/leave" }), Buffer.from("5\r\n{")]),
  ];
  const answers = beginnings.map(async (beginning) => {
    const connection = await RawConnection.open(url);
    connection.send(beginning);
    const answer = await connection.answer();
    await connection.over;
    connection.socket.destroy();
    return answer;
  });
  for (const answer of await Promise.all(answers)) {
    assertProblem(answer, 408, "too_slow");
    assert.equal(answer.headers.get("connection"), "close");
  }
  const silent = await RawConnection.open(url);
  await silent.over;
  silent.socket.destroy();
  await join(url, "tea");
});

test("requests › with headers too large are answered 431", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const many = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`X-Header-${at}`, "x"]));
  const large = [
    { target: "/call/tea", headers: { "X-Large": "x".repeat(20_000) } },
    { target: "/call/tea", headers: many },
    { target: `/call/tea?${"x".repeat(20_000)}` },
    { target: "/call/tea", headers: { "X-Large": "x".repeat(2_000_000) } },
    { target: "/ws", headers: { ...upgradeHeaders, Cookie: "x".repeat(20_000) } },
  ];
  for (const request of large) assertProblem(await ask(url, request), 431, "headers_too_large");
  await join(url, "tea");
});

test(
  "requests › that can't be read leave no connection, whatever the client does",
  { timeout: 20_000 },
  async (t) => {
    const { url } = await serve(t, { maxConnections: 2, requestTimeoutMs: 300 });
    const unreadable = [
      "NONSENSE\r\n\r\n",
      `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}`,
      "GET /slow HTTP/1.1\r\n",
    ];
    for (const [at, bad] of unreadable.entries()) {
      // These clients never end their side of the connection.
      const rude = [await RawConnection.open(url), await RawConnection.open(url)];
      t.after(() => rude.forEach(({ socket }) => socket.destroy()));
      for (const connection of rude) connection.send(bad);
      for (const connection of rude) assert.notEqual((await connection.answer()).status, 200);
      await askUntilServed(url, `/call/${at}`);
    }
  },
);

test(
  "requests › refused unread are cut off, so that an endless body costs nothing",
  { timeout: 20_000 },
  async (t) => {
    const { url } = await serve(t, { maxConnections: 1, requestTimeoutMs: 300 });
    for (const [index, headers] of [json, { "Content-Type": "text/html" }].entries()) {
      const endless = await RawConnection.open(url);
      t.after(() => endless.socket.destroy());
      endless.send(
        requestBytes({ method: "POST", target: "/signal", headers: { ...headers, "Content-Length": "1e9" } }),
      );
      endless.socket.destroy();
      const chunks = await RawConnection.open(url);
      t.after(() => chunks.socket.destroy());
      const inChunks = { ...headers, "Transfer-Encoding": "chunked" };
      chunks.send(requestBytes({ method: "POST", target: "/signal", headers: inChunks }));
      chunks.send(`${(1e8).toString(16)}\r\n`);
      const feed = (): void => {
        if (chunks.socket.writable) chunks.socket.write(Buffer.alloc(65_536, "x"), feed);
      };
      feed();
      await chunks.over;
      await askUntilServed(url, `/call/${index}`);
    }
  },
);

test("connections › over the limit are answered 503 process_full, while the earlier ones go on", async (t) => {
  const { url } = await serve(t, { maxConnections: 2, seatCount: 10 });
  const web = await RawConnection.open(url);
  web.send(requestBytes({ target: "/call/tea" }));
  const ticket = JSON.parse((await web.answer()).body);
  const socket = await RawConnection.upgrade(url, frame(opcodes.text, JSON.stringify(ticket)));
  await socket.frame();
  const surplus = [
    { target: "/call/tea" },
    {
      method: "POST",
      target: "/signal",
      headers: json,
      body: JSON.stringify({ ...ticket, kind: "OFFER", body: "x" }),
    },
    { method: "OPTIONS", target: "/signal" },
    { target: "/ws", headers: upgradeHeaders },
  ];
  for (const request of surplus) {
    const connection = await RawConnection.open(url);
    connection.send(requestBytes(request));
    const answer = await connection.answer();
    assertProblem(answer, 503, "process_full");
    assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
    assert.match(answer.headers.get("connection") ?? "", /close/);
    await connection.over;
    connection.socket.destroy();
  }
  web.send(requestBytes({ target: "/call/tea" }));
  assert.equal((await web.answer()).status, 200);
  assert.equal(JSON.parse((await socket.frame()).payload.toString()).kind, "PEER");
  web.socket.destroy();
  await askUntilServed(url, "/call/tea");
  socket.socket.destroy();
});

test("connections › far over the limit are dropped and counted, and the process serves on", async (t) => {
  const reported = Promise.withResolvers<number>();
  const report = (told: Report): void => {
    if (told.event === "dropped connections") reported.resolve(told.count);
  };
  const { url } = await serve(t, { maxConnections: 2, report });
  const many = await Promise.allSettled(Array.from({ length: 200 }, () => RawConnection.open(url)));
  // One report for all of them, or for those of its second.
  assert((await reported.promise) > 1);
  for (const opened of many) if (opened.status === "fulfilled") opened.value.socket.destroy();
  for (;;) {
    const tried = await ask(url, { target: "/call/tea" }).catch(() => undefined);
    if (tried?.status === 200) break;
    if (tried !== undefined) assertProblem(tried, 503, "process_full");
  }
});

test(
  "slow consumers › are closed 4411 too slow, and the others hear everything",
  { timeout: 60_000 },
  async (t) => {
    const closes: string[] = [];
    const ended = Promise.withResolvers<void>();
    const report = (told: Report): void => {
      if (told.event === "closed") closes.push(told.reason);
      if (told.event === "ended") ended.resolve();
    };
    const { url } = await serve(t, { seatCount: 3, report });
    const publisher = await join(url, "tea");
    const ticket = await join(url, "tea");
    const other = await TestPeer.attach(url, await join(url, "tea"));
    const stalled = await RawConnection.upgrade(url, frame(opcodes.text, JSON.stringify(ticket)));
    assert.deepEqual(JSON.parse((await stalled.frame()).payload.toString()).kind, "WELCOME");
    stalled.socket.pause();
    let published = 0;
    while (closes.length === 0) {
      assert.equal(await signal(url, publisher, "OFFER", `${published} ${"x".repeat(60_000)}`), 200);
      published += 1;
      // What the kernel takes on both sides, and the send buffer, are far less.
      assert.ok(published < 1000, "the server keeps on buffering");
    }
    assert.deepEqual(closes, ["too slow"]);
    for (let heard = 0; heard < published; heard += 1) {
      const { body } = await other.next();
      assert.equal(body?.split(" ")[0], String(heard));
    }
    // It never reads, so the connection is cut.
    await ended.promise;
    assert.equal(await signal(url, publisher, "OFFER", "after"), 200);
    assert.equal((await other.next()).body, "after");
    stalled.socket.resume();
    await stalled.over;
    stalled.socket.destroy();
    // The session lives on; what is no longer in the log is told as lost, once.
    const back = await TestPeer.knock(url, ticket);
    assert.deepEqual(await back.closed, { code: 4410, reason: "events lost" });
    const again = await TestPeer.attach(url, ticket);
    assert.equal(await signal(url, publisher, "OFFER", "fresh"), 200);
    await again.until(() => again.heard.at(-1)?.body === "fresh");
    const replayed = again.heard.slice(1).map(({ body }) => body?.split(" ")[0]);
    const everything = [...Array.from({ length: published }, (_, at) => String(at)), "after", "fresh"];
    assert.deepEqual(
      replayed,
      everything.slice(-replayed.length),
      "from where the log begins, without a gap",
    );
  },
);

test("slow consumers › that read on in time see 4411 on the wire", async (t) => {
  const closes: string[] = [];
  const report = (told: Report): void => void (told.event === "closed" && closes.push(told.reason));
  const { url } = await serve(t, { report });
  const publisher = await join(url, "tea");
  const ticket = await join(url, "tea");
  const stalled = await RawConnection.upgrade(url, frame(opcodes.text, JSON.stringify(ticket)));
  await stalled.frame();
  stalled.socket.pause();
  while (closes.length === 0) assert.equal(await signal(url, publisher, "OFFER", "x".repeat(60_000)), 200);
  stalled.socket.resume();
  assert.deepEqual(await stalled.closeFrame(), { code: 4411, reason: "too slow" });
  stalled.socket.destroy();
});

test("messages › of a flood are not read once it is closed, so that who goes on costs nothing", async (t) => {
  const { url } = await serve(t);
  const handshake = frame(opcodes.text, JSON.stringify(await join(url, "tea")));
  const connection = await RawConnection.upgrade(url, handshake);
  await connection.frame();
  const bytes = Buffer.concat(Array.from({ length: 60 }, () => frame(opcodes.text, "x".repeat(1000))));
  let taken = 0;
  const pour = (error?: Error | null): void => {
    if (error) return;
    taken += bytes.length;
    if (connection.socket.writable) connection.socket.write(bytes, pour);
  };
  pour();
  assert.deepEqual(await connection.closeFrame(), { code: 1008, reason: "flood" });
  await connection.over;
  connection.socket.destroy();
  // What the kernel takes on both sides, and no more.
  assert.ok(taken < 32 * 1024 * 1024, `${taken} bytes were taken`);
});

test("join › a joiner that is gone before its answer leaves its seat", async (t) => {
  const held = heldBackend();
  const { url } = await serve(t, { backend: held.backend, seatCount: 1 });
  for (const method of ["GET", "POST"]) {
    const asked = held.hold("join");
    const left = held.replied("leave");
    const joiner = await RawConnection.open(url);
    joiner.send(requestBytes({ method, target: "/call/tea" }));
    await asked;
    joiner.socket.resetAndDestroy();
    await once(joiner.socket, "close");
    // Another connection's whole exchange: the server knows of the end by then.
    await ask(url, { target: "/" });
    held.release();
    assert.equal(await left, "ok");
    assert.equal(await leave(url, await join(url, "tea")), 200);
  }
});

test("join › a joiner that ended its side of the connection gets its answer or leaves its seat", async (t) => {
  const held = heldBackend();
  const { url } = await serve(t, { backend: held.backend, seatCount: 1 });
  const asked = held.hold("join");
  const left = held.replied("leave");
  const joiner = await RawConnection.open(url);
  joiner.send(requestBytes({ target: "/call/tea" }));
  await asked;
  joiner.socket.end();
  await ask(url, { target: "/" });
  held.release();
  const answered = joiner.answer().then(
    ({ status }) => `answered ${status}`,
    () => left,
  );
  assert.match(await answered, /^(ok|answered 200)$/);
});

test(
  "join › followed by what can't be read is answered, or its seat left",
  { timeout: 20_000 },
  async (t) => {
    const held = heldBackend();
    const { url } = await serve(t, { backend: held.backend, seatCount: 1 });
    const asked = held.hold("join");
    const left = held.replied("leave");
    const joiner = await RawConnection.open(url);
    joiner.send(Buffer.concat([requestBytes({ target: "/call/tea" }), Buffer.from("NONSENSE\r\n\r\n")]));
    await asked;
    const first = joiner.answer();
    held.release();
    const { status } = await first;
    if (status !== 200) assert.equal(await left, "ok");
    joiner.socket.destroy();
  },
);

test("publish › a client that is gone before its answer has still published", async (t) => {
  const held = heldBackend();
  const { url } = await serve(t, { backend: held.backend });
  const peer = await TestPeer.attach(url, await join(url, "tea"));
  const ticket = await join(url, "tea");
  const asked = held.hold("publish");
  const body = JSON.stringify({ ...ticket, kind: "OFFER", body: "x" });
  const gone = await RawConnection.open(url);
  gone.send(requestBytes({ method: "POST", target: "/signal", headers: json, body }));
  await asked;
  gone.socket.resetAndDestroy();
  await once(gone.socket, "close");
  held.release();
  assert.deepEqual(
    (await peer.take(2)).map(({ kind }) => kind),
    ["PEER", "OFFER"],
  );
  assert.equal((await askJson(url, "/signal", body)).status, 200);
});

test("backend › that does not answer is 503 away with Retry-After, and 1013 on a websocket", async (t) => {
  const away = (): Promise<never> => Promise.reject(new BackendError("unsent"));
  const { url } = await serve(t, {
    backend: { ...memoryBackend(), join: away, publish: away, leave: away, attach: away },
  });
  const ticket = { kind: "JOIN", call: "tea", session: "s" };
  const answers = [
    await ask(url, { target: "/call/tea" }),
    await askJson(url, "/signal", JSON.stringify({ ...ticket, kind: "OFFER", body: "x" })),
    await askJson(url, "/leave", JSON.stringify({ ...ticket, kind: "LEAVE" })),
  ];
  for (const answer of answers) {
    assertProblem(answer, 503, "away");
    assert.match(answer.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  }
  const peer = await TestPeer.knock(url, ticket);
  assert.deepEqual(await peer.closed, { code: 1013, reason: "backend failure" });
});

test("backend › that breaks is a bug: 500, 1011, and the service goes on", async (t) => {
  const bugs: unknown[] = [];
  const broken = (): Promise<never> => Promise.reject(new TypeError("planted"));
  const backend = { ...memoryBackend(), publish: broken, attach: broken };
  const report = (told: Report): void => void (told.event === "bug" && bugs.push(told.error));
  const service = await startService({ addr: anywhere, healthzAddr: anywhere, backend, report });
  t.after(() => service.close());
  const ticket = await join(service.url, "tea");
  const answer = await askJson(
    service.url,
    "/signal",
    JSON.stringify({ ...ticket, kind: "OFFER", body: "x" }),
  );
  assertProblem(answer, 500, "bug");
  assert.ok(!answer.body.includes("planted"));
  const peer = await TestPeer.knock(service.url, ticket);
  assert.deepEqual(await peer.closed, { code: 1011, reason: "bug" });
  assert.equal(bugs.length, 2);
  assert.equal(await leave(service.url, ticket), 200);
});
