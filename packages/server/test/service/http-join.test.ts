import assert from "node:assert/strict";
import test from "node:test";
import { ask, askJson, assertProblem, chunked } from "../../../../lab/wire/raw-http.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, leave, signal, TestPeer } from "../../../../lab/wire/test-peer.ts";

test("join › answers exactly kind, call and session, which no cache may keep, to GET and POST", async (t) => {
  const { url } = await serve(t);
  const sessions = new Set<unknown>();
  for (const method of ["GET", "POST"]) {
    const { status, headers, body } = await ask(url, { method, target: "/call/tea" });
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), "application/json");
    assert.equal(headers.get("cache-control"), "no-store");
    const ticket: Record<string, unknown> = JSON.parse(body);
    assert.deepEqual(Object.keys(ticket), ["kind", "call", "session"]);
    assert.equal(ticket["kind"], "JOIN");
    assert.equal(ticket["call"], "tea");
    assert.match(String(ticket["session"]), /^[\w-]{27,}$/);
    sessions.add(ticket["session"]);
  }
  assert.equal(sessions.size, 2);
});

test("join › answers 409 when every seat is taken, and goes on when one is free", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const ticket = await join(url, "tea");
  for (const method of ["GET", "POST"]) {
    const answer = await ask(url, { method, target: "/call/tea" });
    assertProblem(answer, 409, "full");
    assert.equal(answer.headers.get("cache-control"), "no-store");
  }
  await join(url, "coffee");
  assert.equal(await leave(url, ticket), 200);
  await join(url, "tea");
});

test("join › hands the introduction of a POST to the peers, as the body of its PEER", async (t) => {
  const { url } = await serve(t, { seatCount: 12 });
  const peer = await TestPeer.attach(url, await join(url, "tea"));
  const said = [
    ["application/json", '{"body":"I am Ann"}', "I am Ann"],
    ["Text/Plain; charset=utf-8", '{"body":"a beacon"}', "a beacon"],
    [undefined, ' {"who":{"body":"no"},"b\\u006fdy":"\\u0000\\"é\u2028😀"} ', '\0"é\u2028😀'],
    ["application/json", '{"body":""}', undefined],
    ["application/json", "{}", undefined],
    ["application/json", '{"body":"first","body":"last"}', "last"],
  ] as const;
  for (const [type, body, introduction] of said) {
    const headers: Record<string, string> = type === undefined ? {} : { "Content-Type": type };
    const answer = await ask(url, { method: "POST", target: "/call/tea", headers, body });
    assert.equal(answer.status, 200, answer.body);
    assert.deepEqual(Object.keys(JSON.parse(answer.body)), ["kind", "call", "session"]);
    const heard = await peer.next();
    const expected = { kind: "PEER", call: "tea" };
    assert.deepEqual(heard, introduction === undefined ? expected : { ...expected, body: introduction });
  }
});

test("join › needs neither body nor Content-Type, whatever frames the emptiness", async (t) => {
  const { url } = await serve(t, { seatCount: 5 });
  const empty = [
    {},
    { headers: { "Content-Length": "0" } },
    { headers: { "Content-Length": "0", "Content-Type": "application/x-www-form-urlencoded" } },
    { headers: { "Transfer-Encoding": "chunked" }, body: chunked() },
    { headers: { "Transfer-Encoding": "chunked", "Content-Type": "application/json" }, body: chunked() },
  ];
  for (const request of empty) {
    const { status, body } = await ask(url, { method: "POST", target: "/call/tea", ...request });
    assert.equal(status, 200, `${JSON.stringify(request)}: ${body}`);
  }
});

test("join › refuses a malformed introduction and takes no seat", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const malformed = `[] null "hello" { {}{} {"body":1} {"body":null} {"body":"\\ud800"}`.split(" ");
  for (const body of malformed) assertProblem(await askJson(url, "/call/tea", body), 400, "malformed");
  assertProblem(await askJson(url, "/call/tea", Buffer.of(0x7b, 0xff, 0x7d)), 400, "malformed");
  const form = { method: "POST", target: "/call/tea", headers: { "Content-Type": "text/html" }, body: "{}" };
  assertProblem(await ask(url, form), 415, "wrong_content_type");
  assertProblem(await askJson(url, "/call/tea", `{"body":"${"x".repeat(65_536)}"}`), 413, "too_large");
  await join(url, "tea");
});

const longest = "é".repeat(128);

const names: readonly (readonly [target: string, call: string])[] = [
  ["/call/tea%20party", "tea party"],
  ["/call/tea+party", "tea+party"],
  ["/call/caf%C3%A9", "café"],
  ["/call/caf%c3%a9", "café"],
  ["/call/cafe%CC%81", "cafe\u0301"],
  ["/call/..", ".."],
  ["/call/.", "."],
  ["/call/%2e%2E", ".."],
  ["/call/%252F", "%2F"],
  ["/call/tea/", "tea"],
  ["/call/tea?a=/b/c&x=%", "tea"],
  ["/call/tea/?", "tea"],
  ["/call/tea#fragment", "tea"],
  ["/call/a;b=c,d&e:f@g!$'()*", "a;b=c,d&e:f@g!$'()*"],
  ["/call/%22%3C%5C%7B", '"<\\{'],
  ["/call/%E2%80%A8%EF%BB%BF", "\u2028\ufeff"],
  ["/call/__proto__", "__proto__"],
  ["/call/constructor", "constructor"],
  ["/call/x%3Fy%23z", "x?y#z"],
  ["/call/ws", "ws"],
  [`/call/${"x".repeat(256)}`, "x".repeat(256)],
  [`/call/${encodeURIComponent(longest)}`, longest],
  ["http://elsewhere.test/call/absolute", "absolute"],
  ["HTTPS://elsewhere.test:1/call/..?x", ".."],
];

test("join › takes the call's name as its percent-decoded bytes say, and nothing eats or merges any", async (t) => {
  const { url } = await serve(t, { seatCount: 100 });
  for (const [target, call] of names) {
    const { status, body } = await ask(url, { target });
    assert.equal(status, 200, `${target}: ${body}`);
    const ticket = JSON.parse(body);
    assert.equal(ticket.call, call);
    assert.equal(await signal(url, ticket, "OFFER", "x"), 200, "the name means the same call in JSON");
    assert.equal(await signal(url, { ...ticket, call: "another" }, "OFFER", "x"), 409);
  }
});

test("join › a name sent as the raw bytes of its UTF-8 is refused, and told to be percent-encoded", async (t) => {
  const { url } = await serve(t);
  for (const call of ["café", "茶", "😀"]) {
    const { status, body } = await ask(url, { target: `/call/${call}` });
    assert.equal(status, 400);
    assert.match(JSON.parse(body).detail, /percent-encoded/);
  }
});

test("join › refuses a name that is no text, too long or holds control characters with 400", async (t) => {
  const { url } = await serve(t);
  const escapes = "% %2 %zz a% %u0041 %C3 %FF %C0%AF %ED%A0%80 %F4%90%80%80".split(" ");
  const controls = "%00 a%0Ab %0d %1f %7F %C2%85 a%09".split(" ");
  const long = ["x".repeat(257), encodeURIComponent(`${longest}x`)];
  for (const name of [...escapes, ...controls, ...long])
    assertProblem(await ask(url, { target: `/call/${name}` }), 400, "malformed");
  const latin = Buffer.from("/call/caf\u00e9", "latin1");
  assertProblem(await ask(url, { target: latin }), 400, "malformed");
});

test("join › knows no empty name, no second segment and no %2F: 404", async (t) => {
  const { url } = await serve(t);
  const nowhere = ["", "/", "//", "a/b", "a/b/", "a//", "a%2Fb", "%2f", "/a", "a%2Fb%", "../call/a", "?x"];
  for (const rest of nowhere) assertProblem(await ask(url, { target: `/call/${rest}` }), 404, "not_found");
});

test("join › refuses a declared prefetch, which takes no seat", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const declared = [
    { "Sec-Purpose": "prefetch" },
    { "Sec-Purpose": "prefetch;prerender" },
    { Purpose: "prefetch" },
    { "X-Purpose": "preview" },
    { "X-Moz": "prefetch" },
  ] as const;
  for (const headers of declared) {
    for (const method of ["GET", "POST"])
      assertProblem(await ask(url, { method, target: "/call/tea", headers }), 403, "prefetch");
  }
  await join(url, "tea");
});

test("join › by an image, a frame or a link of another site is refused with 403, and takes no seat", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const target = "/call/tea";
  for (const mode of ["no-cors", "navigate"]) {
    const headers = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": mode };
    assertProblem(await ask(url, { target, headers }), 403, "foreign_origin");
  }
  for (const site of ["none", "same-site", "same-origin"])
    assert.equal(
      (await ask(url, { target: `/call/${site}`, headers: { "Sec-Fetch-Site": site } })).status,
      200,
    );
  assert.equal((await ask(url, { target })).status, 200);
  // A page that may use the service says who it is.
  const allowed = { Origin: "http://localhost:3000", "Sec-Fetch-Site": "cross-site" };
  assert.equal((await ask(url, { target: "/call/two", headers: allowed })).status, 200);
});

test("join › by an image of another site passes where any origin may use the service", async (t) => {
  const { url } = await serve(t, { origin: "*" });
  const answer = await ask(url, { target: "/call/tea", headers: { "Sec-Fetch-Site": "cross-site" } });
  assert.equal(answer.status, 200);
});
