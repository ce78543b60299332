import assert from "node:assert/strict";
import test from "node:test";
import { testableMemoryBackend } from "../../src/testing.ts";
import {
  ask,
  askJson,
  assertProblem,
  chunked,
  RawConnection,
  requestBytes,
} from "../../../../lab/wire/raw-http.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, leave, signal, TestPeer } from "../../../../lab/wire/test-peer.ts";

const json = { "Content-Type": "application/json" };

test("signal › answers 200 with an empty body, and 409 to whoever is no member", async (t) => {
  const { url } = await serve(t);
  const ticket = await join(url, "tea");
  const other = await join(url, "coffee");
  for (const kind of ["OFFER", "ANSWER", "CANDIDATE"]) {
    const answer = await askJson(url, "/signal", JSON.stringify({ ...ticket, kind, body: "x" }));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-length"), "0");
  }
  const strangers = [
    { ...ticket, session: other.session },
    { ...ticket, call: "coffee" },
    { ...ticket, call: "nowhere" },
    { ...ticket, session: "never minted" },
    { ...ticket, session: "__proto__" },
    { ...ticket, call: "__proto__" },
  ];
  for (const stranger of strangers) {
    const text = JSON.stringify({ ...stranger, kind: "OFFER", body: "x" });
    assertProblem(await askJson(url, "/signal", text), 409, "gone");
  }
  await leave(url, ticket);
  assert.equal(await signal(url, ticket, "OFFER", "x"), 409);
});

test("signal › does not renew the lease, and answers 409 when it has ended", async (t) => {
  let clock = 1_000_000;
  const backend = testableMemoryBackend(() => clock);
  t.after(() => backend.close());
  const { url } = await serve(t, { backend });
  const ticket = await join(url, "tea");
  clock += 29_999;
  assert.equal(await signal(url, ticket, "OFFER", "x"), 200);
  clock += 1;
  assert.equal(await signal(url, ticket, "OFFER", "x"), 409);
  assert.equal(await leave(url, ticket), 409);
});

test("signal › refuses every malformed message with 400, and no peer hears of it", async (t) => {
  const { url } = await serve(t);
  const peer = await TestPeer.attach(url, await join(url, "tea"));
  const ticket = await join(url, "tea");
  assert.equal((await peer.next()).kind, "PEER");
  const good = { ...ticket, kind: "OFFER", body: "x" };
  const text = JSON.stringify(good);
  const edited = (field: string, value: unknown): string => JSON.stringify({ ...good, [field]: value });
  const kinds = "offer Offer JOIN PEER WELCOME LEAVE ICE OFFERS OFFER|ANSWER __proto__ toString".split(" ");
  const names = ["a\nb", "\u0000", "\u007f", "x".repeat(257)];
  const values = ["", null, 0, 1, true, [], ["x"], {}];
  const fields = ["kind", "call", "session", "body"];
  const texts = [
    ...kinds.map((kind) => edited("kind", kind)),
    ...names.map((call) => edited("call", call)),
    ...fields.flatMap((field) => values.map((value) => edited(field, value))),
    ...fields.map((field) => edited(field, undefined)),
    ...[...fields, "extra"].map((field) => edited(field, "\ud800")),
    ...[[], [good], null, "x", 1, true, {}].map((value) => JSON.stringify(value)),
    edited("extra", { deep: ["\ud83d x"] }),
    edited("\udc00", 1),
    "",
    " ",
    text.slice(0, -1),
    text.slice(1),
    `${text}x`,
    `${text}${text}`,
    `${text},`,
    `\ufeff${text}`,
    `// a\n${text}`,
    text.replaceAll('"', "'"),
    text.replace("}", ",}"),
    text.replace(':"x"', ':"\n"'),
    text.replace("x", "\\x41"),
    text.replace("x", "\\ud800\\u0041"),
    "[".repeat(60_000),
    '{"a":'.repeat(10_000),
  ];
  for (const malformed of texts) {
    const answer = await askJson(url, "/signal", malformed);
    assert.equal(answer.status, 400, malformed.slice(0, 200));
    assertProblem(answer, 400, "malformed");
  }
  for (const bytes of [Buffer.of(0xff), Buffer.from(text.replace("x", "é"), "latin1")])
    assertProblem(await askJson(url, "/signal", bytes), 400, "malformed");
  assert.equal(await signal(url, ticket, "OFFER", "good"), 200);
  assert.deepEqual(await peer.next(), { kind: "OFFER", call: "tea", body: "good" });
});

test("signal › accepts white space, unknown fields, repeated and escaped keys, of which the last counts", async (t) => {
  const { url } = await serve(t);
  const peer = await TestPeer.attach(url, await join(url, "tea"));
  const ticket = await join(url, "tea");
  await peer.next();
  const member = `"call":"tea","session":"${ticket.session}"`;
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  const accepted: readonly (readonly [text: string, body: string])[] = [
    [` \r\n\t{"kind":"OFFER",${member},"body":"space"}\n `, "space"],
    [`{ "kind" :\n"OFFER" ,${member}\t,\r"body" : "inside" }`, "inside"],
    [`{"kind":"OFFER",${member},"body":"one","body":"two"}`, "two"],
    [`{"kind":"OFFER",${member},"b\\u006fdy":"escaped"}`, "escaped"],
    [`{"kind":"OFFER",${member},"body":"one","\\u0062\\u006F\\u0064\\u0079":"all escaped"}`, "all escaped"],
    [`{"kind":"OFFER",${member},"b\\u006fdy":"one","body":"plain again"}`, "plain again"],
    [`{"kind":"OFFER",${member},"body":7,"body":"a number first"}`, "a number first"],
    [`{"kind":"ANSWER","kind":"OFFER","call":"x",${member},"body":"others too"}`, "others too"],
    [`{"body":"first","kind":"OFFER",${member}}`, "first"],
    [`{"x":{"body":"inner"},"kind":"OFFER",${member},"y":["body",{"body":"z"}],"body":"outer"}`, "outer"],
    [`{"a":"\\"body\\":\\"fake\\"","kind":"OFFER",${member},"body":"real","z":"}\\\\"}`, "real"],
    [`{"__proto__":{"kind":"ANSWER","body":"p"},"kind":"OFFER",${member},"body":"proto"}`, "proto"],
    [`{"constructor":null,"toString":1,"kind":"OFFER",${member},"body":"own"}`, "own"],
    [`{"deep":${deep},"kind":"OFFER",${member},"body":"deep"}`, "deep"],
    [`{"deep":${deep},"u":"\\u0041","kind":"OFFER",${member},"body":"deep, escaped"}`, "deep, escaped"],
    [`{"Body":1,"BODY":[],"kind":"OFFER",${member},"body":"case"}`, "case"],
    [`{"":0,"n":-1.5e300,"t":true,"kind":"OFFER",${member},"body":"all values"}`, "all values"],
  ];
  for (const [text, body] of accepted) {
    const answer = await askJson(url, "/signal", text);
    assert.equal(answer.status, 200, `${text.slice(0, 200)}: ${answer.body}`);
    assert.deepEqual(await peer.next(), { kind: "OFFER", call: "tea", body });
  }
});

test("signal › ignores a seq, which means something only in a handshake, whatever it holds", async (t) => {
  const { url } = await serve(t);
  const ticket = await join(url, "tea");
  for (const seq of [0, -1, 1.5, "12", null, [], {}, 2 ** 60]) {
    const answer = await askJson(
      url,
      "/signal",
      JSON.stringify({ ...ticket, kind: "OFFER", body: "x", seq }),
    );
    assert.equal(answer.status, 200, `${JSON.stringify(seq)}: ${answer.body}`);
  }
  const left = await askJson(url, "/leave", JSON.stringify({ ...ticket, kind: "LEAVE", seq: "x" }));
  assert.equal(left.status, 200, left.body);
});

test("signal › hands bodies on code unit for code unit", async (t) => {
  const { url } = await serve(t);
  const peer = await TestPeer.attach(url, await join(url, "tea"));
  const ticket = await join(url, "tea");
  await peer.next();
  const everyControl = Array.from({ length: 33 }, (_, code) => String.fromCharCode(code)).join("");
  const ascii = [
    everyControl,
    "\u0000",
    '"',
    "\\",
    '\\\\"\\',
    "/",
    " ",
    "null",
    "0",
    "v=0\r\no=- 1\r\n",
    '{"body":"x"}',
  ];
  const wide = ["\u007f\u0080\u009f", "\u2028\u2029", "\ufeff", "😀👨‍👩‍👧", "e\u0301é", "\ufffe\uffff\u{10ffff}"];
  const bodies = [...ascii, ...wide, "x".repeat(60_000)];
  for (const body of bodies) {
    assert.equal(await signal(url, ticket, "OFFER", body), 200);
    assert.equal((await peer.next()).body, body);
  }
  const escapes = '"\\u0041\\/\\b\\f\\n\\r\\t\\uD83D\\ude00\\u2028\\\\\\""';
  const text = `{"kind":"ANSWER","call":"tea","session":"${ticket.session}","body":${escapes}}`;
  assert.equal((await askJson(url, "/signal", text)).status, 200);
  assert.deepEqual(await peer.next(), { kind: "ANSWER", call: "tea", body: JSON.parse(escapes) });
});

test("signal › takes a body at the limit and refuses one just over it with 413, also in chunks", async (t) => {
  const { url } = await serve(t);
  const ticket = await join(url, "tea");
  const bare = JSON.stringify({ ...ticket, kind: "OFFER", body: "" });
  const fill = (bytes: number): string =>
    bare.replace('"body":""', `"body":"${"x".repeat(bytes - bare.length)}"`);
  const inChunks = (text: string) => ({
    method: "POST",
    target: "/signal",
    headers: { ...json, "Transfer-Encoding": "chunked" },
    body: chunked(text.slice(0, 100), text.slice(100, 40_000), text.slice(40_000)),
  });
  assert.equal((await askJson(url, "/signal", fill(65_536))).status, 200);
  assert.equal((await ask(url, inChunks(fill(65_536)))).status, 200);
  assertProblem(await askJson(url, "/signal", fill(65_537)), 413, "too_large");
  assertProblem(await ask(url, inChunks(fill(65_537))), 413, "too_large");
  // The answer comes although the client has much more to say.
  const endless = await RawConnection.open(url);
  endless.send(
    requestBytes({ method: "POST", target: "/signal", headers: { ...json, "Content-Length": "1000000000" } }),
  );
  endless.send(Buffer.alloc(4_000_000, "x"));
  assertProblem(await endless.answer(), 413, "too_large");
  await endless.over;
});

test("signal › reads application/json, with parameters and in any case, and nothing else: 415", async (t) => {
  const { url } = await serve(t);
  const ticket = await join(url, "tea");
  const body = JSON.stringify({ ...ticket, kind: "OFFER", body: "x" });
  const request = { method: "POST", target: "/signal", body };
  const fine = ["application/json;charset=utf-8", "APPLICATION/JSON", 'Application/Json ; charset="x"; a=b'];
  for (const type of fine) {
    const { status } = await ask(url, { ...request, headers: { "Content-Type": type } });
    assert.equal(status, 200, type);
  }
  const wrong = [
    "text/plain",
    "application/jsonx",
    "application/json-patch+json",
    "text/json",
    "",
    "json",
    ";",
  ];
  for (const type of wrong)
    assertProblem(
      await ask(url, { ...request, headers: { "Content-Type": type } }),
      415,
      "wrong_content_type",
    );
  assertProblem(await ask(url, request), 415, "wrong_content_type");
});

test("leave › takes JSON, and text/plain as a beacon has it, and frees the seat once", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  for (const type of ["application/json", "text/plain;charset=UTF-8", "text/plain"]) {
    const ticket = await join(url, "tea");
    const body = JSON.stringify({ ...ticket, kind: "LEAVE" });
    const request = { method: "POST", target: "/leave", headers: { "Content-Type": type }, body };
    const answer = await ask(url, request);
    assert.equal(answer.status, 200);
    assert.equal(answer.body, "");
    assertProblem(await ask(url, request), 409, "gone");
  }
});

test("leave › refuses the malformed and frees nothing", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const ticket = await join(url, "tea");
  const left = { ...ticket, kind: "LEAVE" };
  const noCall = { kind: "LEAVE", session: ticket.session };
  const noSession = { kind: "LEAVE", call: "tea" };
  const lower = { ...ticket, kind: "leave" };
  const shapes = [
    ticket,
    lower,
    noCall,
    noSession,
    { ...left, session: 1 },
    { ...left, call: "" },
    [left],
    null,
  ];
  for (const shape of shapes) {
    assertProblem(await askJson(url, "/leave", JSON.stringify(shape)), 400, "malformed");
  }
  const body = JSON.stringify(left);
  for (const type of ["text/html", "application/x-www-form-urlencoded"]) {
    const request = { method: "POST", target: "/leave", headers: { "Content-Type": type }, body };
    assertProblem(await ask(url, request), 415, "wrong_content_type");
  }
  assertProblem(await askJson(url, "/leave", `${body}${" ".repeat(65_536)}`), 413, "too_large");
  await assert.rejects(join(url, "tea"), /409/);
  assert.equal(await leave(url, ticket), 200);
});
