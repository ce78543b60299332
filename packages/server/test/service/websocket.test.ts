import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import { testableMemoryBackend } from "../../src/testing.ts";
import {
  ask,
  assertProblem,
  frame,
  opcodes,
  RawConnection,
  upgradeHeaders,
} from "../../../../lab/wire/raw-http.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, leave, signal, TestPeer, type Ticket } from "../../../../lab/wire/test-peer.ts";

/** Opens a websocket, sends one message as its handshake, and answers how it ended. */
async function refusedHandshake(url: string, message: string | Buffer): Promise<string> {
  const peer = new TestPeer(url);
  await once(peer.socket, "open");
  peer.socket.send(message);
  const { code, reason } = await peer.closed;
  assert.deepEqual(peer.heard, []);
  return `${code} ${reason}`;
}

test("upgrade › refuses what is no websocket of version 13 with 400, and says which it speaks", async (t) => {
  const { url } = await serve(t);
  const { Upgrade: _, ...noUpgrade } = upgradeHeaders;
  const { "Sec-WebSocket-Key": __, ...noKey } = upgradeHeaders;
  const { "Sec-WebSocket-Version": ___, ...noVersion } = upgradeHeaders;
  const wrong: readonly Readonly<Record<string, string>>[] = [
    {},
    noUpgrade,
    noKey,
    noVersion,
    { ...upgradeHeaders, Upgrade: "h2c" },
    { ...upgradeHeaders, Upgrade: "websockets" },
    { ...upgradeHeaders, "Sec-WebSocket-Key": "short" },
    { ...upgradeHeaders, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==" },
    { ...upgradeHeaders, "Sec-WebSocket-Version": "8" },
    { ...upgradeHeaders, "Sec-WebSocket-Version": "14" },
    { ...upgradeHeaders, "Sec-WebSocket-Version": "" },
  ];
  for (const headers of wrong) {
    const answer = await ask(url, { target: "/ws", headers });
    assert.equal(answer.status, 400, JSON.stringify(headers));
    assertProblem(answer, 400, "no_upgrade");
    assert.equal(answer.headers.get("sec-websocket-version"), "13");
  }
});

test("upgrade › asked for without Connection: Upgrade, as some proxies pass it on, is refused alike", async (t) => {
  const { url } = await serve(t);
  const { Connection: _, ...without } = upgradeHeaders;
  for (const headers of [without, { ...without, Connection: "keep-alive" }]) {
    const answer = await ask(url, { target: "/ws", headers });
    assertProblem(answer, 400, "no_upgrade");
    assert.equal(answer.headers.get("sec-websocket-version"), "13");
  }
});

test("upgrade › takes an empty or repeated subprotocol for what it is, malformed, with a problem", async (t) => {
  const { url } = await serve(t);
  for (const protocols of ["a, a", "a,", "a b"]) {
    const headers = { ...upgradeHeaders, "Sec-WebSocket-Protocol": protocols };
    const answer = await ask(url, { target: "/ws", headers });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers.get("content-type"), "application/problem+json", protocols);
  }
});

test("upgrade › is let through in any case of its words, among others, with a query or a slash", async (t) => {
  const { url } = await serve(t);
  const headers = { ...upgradeHeaders, Connection: "keep-alive, UPGRADE", Upgrade: "WebSocket" };
  for (const target of ["/ws", "/ws/", "/ws?token=x", "http://a.test/ws"])
    assert.equal((await ask(url, { target, headers })).status, 101, target);
  const offers = { "Sec-WebSocket-Extensions": "permessage-deflate", "Sec-WebSocket-Protocol": "one, two" };
  const answer = await ask(url, { target: "/ws", headers: { ...headers, ...offers } });
  assert.equal(answer.status, 101);
  assert.equal(answer.headers.get("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  assert.equal(answer.headers.get("sec-websocket-extensions"), null);
});

test("upgrade › a foreign Origin is refused with 403, and localhost let through", async (t) => {
  const { url } = await serve(t);
  for (const origin of ["https://evil.test", "null"]) {
    const answer = await ask(url, { target: "/ws", headers: { ...upgradeHeaders, Origin: origin } });
    assertProblem(answer, 403, "foreign_origin");
  }
  for (const origin of ["http://localhost:3000", "http://signals.test"])
    assert.equal(
      (await ask(url, { target: "/ws", headers: { ...upgradeHeaders, Origin: origin } })).status,
      101,
    );
});

test("upgrade › elsewhere than on /ws is an ordinary request", async (t) => {
  const { url } = await serve(t);
  assert.equal((await ask(url, { target: "/call/tea", headers: upgradeHeaders })).status, 200);
  assertProblem(await ask(url, { target: "/", headers: upgradeHeaders }), 404, "not_found");
  assertProblem(await ask(url, { target: "/signal", headers: upgradeHeaders }), 405, "method_not_allowed");
  const h2c = { Connection: "Upgrade, HTTP2-Settings", Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQ" };
  assert.equal((await ask(url, { target: "/call/tea", headers: h2c })).status, 200);
});

test("handshake › is answered by WELCOME, as a text frame of kind and call alone", async (t) => {
  const { url } = await serve(t);
  const ticket = await join(url, 'café " \u2028');
  const connection = await RawConnection.upgrade(url);
  connection.send(frame(opcodes.text, JSON.stringify(ticket)));
  const { opcode, payload } = await connection.frame();
  assert.equal(opcode, opcodes.text);
  assert.deepEqual(JSON.parse(payload.toString()), { kind: "WELCOME", call: ticket.call });
  assert.deepEqual(Object.keys(JSON.parse(payload.toString())), ["kind", "call"]);
  connection.socket.destroy();
});

test("handshake › may be text or binary, in fragments, with a body that is empty, and more fields", async (t) => {
  const { url } = await serve(t, { seatCount: 100 });
  const ticket = await join(url, "tea");
  const text = JSON.stringify(ticket);
  const spellings = [
    text,
    ` \n${text}\t`,
    JSON.stringify({ ...ticket, body: "" }),
    JSON.stringify({ ...ticket, extra: { deep: [null] }, token: 1 }),
    `{"kind":"OFFER","session":1,${text.slice(1)}`,
    text.replace('"kind"', '"k\\u0069nd"'),
    text.replace("}", `,"extra":"${"x".repeat(16_384 - text.length - 11)}"}`),
  ];
  for (const spelling of spellings) {
    for (const opcode of [opcodes.text, opcodes.binary]) {
      const connection = await RawConnection.upgrade(url, frame(opcode, spelling));
      const { payload } = await connection.frame();
      assert.deepEqual(
        JSON.parse(payload.toString()),
        { kind: "WELCOME", call: "tea" },
        spelling.slice(0, 300),
      );
      connection.socket.destroy();
    }
  }
  const connection = await RawConnection.upgrade(url, frame(opcodes.text, text.slice(0, 9), { fin: false }));
  connection.send(frame(opcodes.ping, "between"));
  connection.send(frame(opcodes.continuation, text.slice(9)));
  assert.deepEqual(await connection.frame(), { opcode: opcodes.pong, payload: Buffer.from("between") });
  assert.equal((await connection.frame()).payload.toString(), '{"kind":"WELCOME","call":"tea"}');
  connection.socket.destroy();
});

test("handshake › may come byte by byte", async (t) => {
  const { url } = await serve(t);
  const bytes = frame(opcodes.text, JSON.stringify(await join(url, "tea")));
  const connection = await RawConnection.upgrade(url);
  for (const byte of bytes) {
    connection.send(Buffer.of(byte));
    // Another connection's whole exchange: the server has read the byte by then.
    await ask(url, { target: "/" });
  }
  assert.equal((await connection.frame()).payload.toString(), '{"kind":"WELCOME","call":"tea"}');
  connection.socket.destroy();
});

test("handshake › is closed 4400 bad handshake when malformed, and the seat stays", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const ticket = await join(url, "tea");
  const edits = {
    kind: ["join", "WELCOME", "OFFER", "", null, 1, undefined],
    call: ["", null, 1, "a\nb", "\ud800", "x".repeat(257), ["tea"], undefined],
    session: ["", null, 1, {}, undefined],
    body: ["x", 1, [], {}],
    seq: [-1, 1.5, "1", 2 ** 53, 1e300, true, {}, []],
  };
  const edited = Object.entries(edits).flatMap(([field, values]) =>
    values.map((value) => JSON.stringify({ ...ticket, [field]: value })),
  );
  const text = JSON.stringify(ticket);
  const broken = ["", " ", "{", "null", "JOIN", '"JOIN"', "1", `[${text}]`, `${text}x`, text.slice(0, -1)];
  const messages = [...broken, ...edited];
  const closes = await Promise.all(messages.map((message) => refusedHandshake(url, message)));
  for (const [at, close] of closes.entries()) assert.equal(close, "4400 bad handshake", String(messages[at]));
  assert.equal(await refusedHandshake(url, Buffer.of(0x7b, 0xff, 0x7d)), "4400 bad handshake");
  assert.equal(await refusedHandshake(url, Buffer.alloc(16_385, 0x20)), "1009 too large");
  assert.match(await refusedHandshake(url, Buffer.alloc(70_000, 0x20)), /^1009/);
  await TestPeer.attach(url, ticket);
});

test("handshake › is closed 4409 bad seat for a session unknown, of another call, left or expired", async (t) => {
  let clock = 1_000_000;
  const backend = testableMemoryBackend(() => clock);
  t.after(() => backend.close());
  const { url } = await serve(t, { backend });
  const ticket = await join(url, "tea");
  const other = await join(url, "coffee");
  const left = await join(url, "tea");
  await leave(url, left);
  const strangers: readonly Ticket[] = [
    { ...ticket, session: "unknown" },
    { ...ticket, session: other.session },
    { ...ticket, call: "nowhere" },
    { ...ticket, call: "__proto__", session: "__proto__" },
    left,
  ];
  for (const stranger of strangers)
    assert.equal(await refusedHandshake(url, JSON.stringify(stranger)), "4409 bad seat");
  clock += 29_999;
  (await TestPeer.attach(url, ticket)).vanish();
  clock += 30_000;
  assert.equal(await refusedHandshake(url, JSON.stringify(ticket)), "4409 bad seat");
  assert.equal(await refusedHandshake(url, JSON.stringify({ ...ticket, seq: 0 })), "4409 bad seat");
});

test("handshake › that does not come in time is closed 4408, pings or not", async (t) => {
  const { url } = await serve(t, { wsJoinTimeoutMs: 300 });
  const silent = new TestPeer(url);
  const halfway = await RawConnection.upgrade(url, frame(opcodes.text, '{"kind"', { fin: false }));
  halfway.send(frame(opcodes.ping, ""));
  assert.deepEqual(await silent.closed, { code: 4408, reason: "handshake timeout" });
  assert.deepEqual(await halfway.closeFrame(), { code: 4408, reason: "handshake timeout" });
  halfway.socket.destroy();
});

test("handshake › once done, its time-out no longer counts", async (t) => {
  const { url } = await serve(t, { wsJoinTimeoutMs: 1000, wsPingIntervalMs: 100 });
  const ticket = await join(url, "tea");
  const peer = await TestPeer.attach(url, ticket);
  await peer.until(() => peer.pings.length >= 20);
  const other = await join(url, "tea");
  assert.deepEqual(await peer.next(), { kind: "PEER", call: "tea" });
  assert.equal(await signal(url, other, "OFFER", "x"), 200);
  assert.equal((await peer.next()).body, "x");
});

test("messages › after WELCOME are passed over, up to 64 KiB each, whatever they hold", async (t) => {
  const { url } = await serve(t);
  const ticket = await join(url, "tea");
  const other = await join(url, "tea");
  const peer = await TestPeer.attach(url, ticket);
  const signals = { ...ticket, kind: "OFFER", body: "by websocket" };
  const texts = [
    "",
    "x",
    JSON.stringify(ticket),
    JSON.stringify(signals),
    '{"kind":"LEAVE"}',
    "x".repeat(65_536),
  ];
  for (const message of [...texts, Buffer.alloc(65_536), Buffer.of(0xff)]) peer.socket.send(message);
  const echo = once(peer.socket, "pong");
  peer.socket.ping("all read");
  assert.equal(String((await echo)[0]), "all read");
  assert.equal(await signal(url, other, "OFFER", "x"), 200);
  assert.deepEqual(
    (await peer.take(2)).map(({ kind }) => kind),
    ["PEER", "OFFER"],
  );
  assert.equal(peer.socket.readyState, 1);
});

test("messages › over 64 KiB are closed 1009, a flood 1008, and the seat stays", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const ticket = await join(url, "tea");
  const large = await TestPeer.attach(url, ticket);
  large.socket.send("x".repeat(65_537));
  assert.equal((await large.closed).code, 1009);
  const fragments = await RawConnection.upgrade(url, frame(opcodes.text, JSON.stringify(ticket)));
  await fragments.frame();
  fragments.send(frame(opcodes.text, "x".repeat(40_000), { fin: false }));
  fragments.send(frame(opcodes.continuation, "x".repeat(40_000)));
  assert.equal((await fragments.closeFrame()).code, 1009);
  fragments.socket.destroy();
  for (const send of ["send", "pong"] as const) {
    const flood = await TestPeer.attach(url, ticket);
    for (let count = 0; count < 2000; count += 1) flood.socket[send]("x");
    assert.deepEqual(await flood.closed, { code: 1008, reason: "flood" });
  }
  const bulk = await TestPeer.attach(url, ticket);
  for (let count = 0; count < 100; count += 1) bulk.socket.send("x".repeat(60_000));
  assert.equal((await bulk.closed).code, 1008);
  await TestPeer.attach(url, ticket);
});

test("pings › of the client may come in a burst; only a flood is closed, 1008", async (t) => {
  const { url } = await serve(t);
  const peer = await TestPeer.attach(url, await join(url, "tea"));
  let ponged = 0;
  const answered = new Promise<void>((resolve) => {
    peer.socket.on("pong", () => {
      ponged += 1;
      if (ponged === 100) resolve();
    });
  });
  for (let count = 0; count < 100; count += 1) peer.socket.ping("x");
  await Promise.race([answered, peer.closed]);
  assert.equal(ponged, 100);
  for (let count = 0; count < 2000; count += 1) peer.socket.ping("x");
  assert.deepEqual(await peer.closed, { code: 1008, reason: "flood" });
});

test("frames › that break RFC 6455 are closed 1002, text that is not UTF-8 1007, before and after WELCOME", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const ticket = await join(url, "tea");
  const joined = frame(opcodes.text, JSON.stringify(ticket));
  const breaks: readonly (readonly [Buffer, number])[] = [
    [frame(opcodes.text, "x", { masked: false }), 1002],
    [frame(opcodes.ping, "x", { masked: false }), 1002],
    [frame(opcodes.continuation, "x"), 1002],
    [frame(3, "x"), 1002],
    [frame(11, "x"), 1002],
    [frame(opcodes.ping, "x".repeat(126)), 1002],
    [frame(opcodes.ping, "x", { fin: false }), 1002],
    [Buffer.of(0xc1, 0x80, 0, 0, 0, 0), 1002],
    [Buffer.of(0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0), 1009],
    [frame(opcodes.text, Buffer.of(0xff)), 1007],
    [frame(opcodes.text, Buffer.of(0xed, 0xa0, 0x80)), 1007],
    [frame(opcodes.close, Buffer.of(0x03)), 1002],
    [frame(opcodes.close, Buffer.of(0x03, 0xed)), 1002],
    [frame(opcodes.close, Buffer.of(0x03, 0xe8, 0xff)), 1007],
  ];
  for (const [bytes, code] of breaks) {
    for (const before of [Buffer.alloc(0), joined]) {
      const connection = await RawConnection.upgrade(url, before);
      if (before.length > 0) await connection.frame();
      connection.send(bytes);
      assert.equal((await connection.closeFrame()).code, code, bytes.toString("hex"));
      connection.socket.end();
      await connection.over;
    }
  }
  await TestPeer.attach(url, ticket);
});

test("frames › fragments are bounded in number", async (t) => {
  const { url } = await serve(t);
  for (const payload of ["", "x"]) {
    const connection = await RawConnection.upgrade(url, frame(opcodes.text, payload, { fin: false }));
    const more = frame(opcodes.continuation, payload, { fin: false });
    connection.send(Buffer.concat(Array.from({ length: 1000 }, () => more)));
    assert.equal((await connection.closeFrame()).code, 1008);
    connection.socket.destroy();
  }
});

test(
  "closes › the server ends TCP itself: 50 bad handshakes leave no sockets",
  { timeout: 60_000 },
  async (t) => {
    const { url } = await serve(t, { maxConnections: 50 });
    // These clients neither answer the close nor end their side of the connection.
    const rude = await Promise.all(
      Array.from({ length: 50 }, () => RawConnection.upgrade(url, frame(opcodes.text, "{}"))),
    );
    t.after(() => rude.forEach(({ socket }) => socket.destroy()));
    assertProblem(await ask(url, { target: "/call/tea" }), 503, "process_full");
    for (const connection of rude)
      assert.deepEqual(await connection.closeFrame(), { code: 4400, reason: "bad handshake" });
    await Promise.all(rude.map(({ over }) => over));
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async (_, at) => (await ask(url, { target: `/call/${at}` })).status),
    );
    assert.deepEqual(new Set(statuses), new Set([200]));
  },
);

test("closes › a client's own close is echoed, whenever it comes, and frees no seat", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const ticket = await join(url, "tea");
  for (const handshake of [Buffer.alloc(0), frame(opcodes.text, JSON.stringify(ticket))]) {
    const connection = await RawConnection.upgrade(url, handshake);
    if (handshake.length > 0) await connection.frame();
    connection.send(frame(opcodes.close, Buffer.from("\u0003\u00e8bye", "latin1")));
    assert.equal((await connection.closeFrame()).code, 1000);
    await connection.over;
    connection.socket.destroy();
  }
  await assert.rejects(join(url, "tea"), /409/);
  await TestPeer.attach(url, ticket);
});

test("pings › of the client are ponged, before and after WELCOME", async (t) => {
  const { url } = await serve(t);
  const joined = frame(opcodes.text, JSON.stringify(await join(url, "tea")));
  const connection = await RawConnection.upgrade(url, frame(opcodes.ping, "before"));
  assert.deepEqual(await connection.frame(), { opcode: opcodes.pong, payload: Buffer.from("before") });
  connection.send(joined);
  await connection.frame();
  connection.send(frame(opcodes.ping, "y".repeat(125)));
  assert.deepEqual(await connection.frame(), { opcode: opcodes.pong, payload: Buffer.from("y".repeat(125)) });
  connection.socket.destroy();
});
