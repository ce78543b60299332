import assert from "node:assert/strict";
import test from "node:test";
import {
  ask,
  askJson,
  assertProblem,
  chunked,
  RawConnection,
  requestBytes,
} from "../../../../lab/wire/raw-http.ts";
import type { RawAnswer } from "../../../../lab/wire/raw-http.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, signal } from "../../../../lab/wire/test-peer.ts";

const routes = [
  { target: "/call/tea", methods: ["GET", "POST"] },
  { target: "/signal", methods: ["POST"] },
  { target: "/leave", methods: ["POST"] },
  { target: "/ice", methods: ["POST"] },
  { target: "/ws", methods: ["GET"] },
] as const;

const json = { "Content-Type": "application/json" };

/** The words of a list in a header. */
function words(answer: RawAnswer, header: string): string[] {
  return (answer.headers.get(header) ?? "").split(",").map((word) => word.trim().toLowerCase());
}

test("routes › answer a preflight 204 with what a page may do", async (t) => {
  const { url } = await serve(t);
  const headers = {
    Origin: "http://localhost:3000",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type, authorization",
  };
  for (const { target, methods } of routes) {
    const answer = await ask(url, { method: "OPTIONS", target, headers });
    assert.equal(answer.status, 204);
    assert.equal(answer.body, "");
    assert.equal(answer.headers.get("access-control-allow-origin"), headers.Origin);
    assert.equal(answer.headers.get("access-control-max-age"), "60");
    assert.match(answer.headers.get("vary") ?? "", /origin/i);
    for (const method of methods)
      assert.ok(words(answer, "access-control-allow-methods").includes(method.toLowerCase()), target);
    for (const header of ["cache-control", "content-type", "user-agent", "authorization"])
      assert.ok(words(answer, "access-control-allow-headers").includes(header), header);
    assert.equal((await ask(url, { method: "OPTIONS", target })).status, 204, "also without an Origin");
  }
  // A preflight takes no seat.
  await join(url, "tea");
  await join(url, "tea");
});

test("routes › answer any other method 405 and say which to use", async (t) => {
  const { url } = await serve(t);
  for (const { target, methods } of routes) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "QUERY"]) {
      if (methods.some((known) => known === method)) continue;
      const answer = await ask(url, { method, target });
      assert.equal(answer.status, 405, `${method} ${target}`);
      assert.deepEqual(
        words(answer, "allow"),
        [...methods, "OPTIONS"].map((word) => word.toLowerCase()),
      );
      if (method === "HEAD") assert.equal(answer.headers.get("content-type"), "application/problem+json");
      else assertProblem(answer, 405, "method_not_allowed");
    }
  }
  await join(url, "tea");
  await join(url, "tea");
});

test("routes › answer 404 to what leads nowhere, whatever the method", async (t) => {
  const { url } = await serve(t);
  const paths = "/ /call /calls/tea /Call/tea /signals /signal/x /leave/x /ws/x /SIGNAL /healthz".split(" ");
  const odd =
    "//ws //call/tea /call/../signal /./signal /%73ignal http://a.test http://a.test/ http://a.test?/ws http:///call/tea";
  const unknown = [...paths, ...odd.split(" "), "*"];
  for (const target of unknown) {
    for (const method of target === "*" ? ["OPTIONS"] : ["GET", "POST", "OPTIONS", "DELETE"])
      assertProblem(await ask(url, { method, target }), 404, "not_found");
  }
});

test("routes › drop a query, a trailing slash and the host of an absolute target", async (t) => {
  const { url } = await serve(t);
  const ticket = await join(url, "tea");
  const body = JSON.stringify({ ...ticket, kind: "OFFER", body: "x" });
  const targets = [
    "/signal?x=/y",
    "/signal/",
    "/signal/?",
    "http://a.test/signal",
    "https://a.test:1/signal/?q",
  ];
  for (const target of targets) assert.equal((await askJson(url, target, body)).status, 200, target);
});

test("refusals › are problem+json, never stored, and keep their one shape", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  await join(url, "tea");
  const stranger = '{"kind":"OFFER","call":"tea","session":"s","body":"b"}';
  const refused: readonly (readonly [RawAnswer, number, string])[] = [
    [await ask(url, { target: "/call/%zz" }), 400, "malformed"],
    [await ask(url, { target: "/ws" }), 400, "no_upgrade"],
    [
      await ask(url, { target: "/call/tea", headers: { Origin: "https://evil.test" } }),
      403,
      "foreign_origin",
    ],
    [await ask(url, { target: "/call/tea", headers: { "Sec-Purpose": "prefetch" } }), 403, "prefetch"],
    [await ask(url, { target: "/nowhere" }), 404, "not_found"],
    [await ask(url, { method: "PUT", target: "/signal" }), 405, "method_not_allowed"],
    [await ask(url, { target: "/call/tea" }), 409, "full"],
    [await askJson(url, "/signal", stranger), 409, "gone"],
    [await askJson(url, "/signal", "x".repeat(70_000)), 413, "too_large"],
    [await ask(url, { method: "POST", target: "/signal", body: stranger }), 415, "wrong_content_type"],
  ];
  for (const [answer, status, code] of refused) {
    assertProblem(answer, status, code);
    assert.equal(answer.headers.get("cache-control"), "no-store");
  }
});

test("refusals › are problem+json also where the runtime itself would answer", async (t) => {
  const { url } = await serve(t);
  const requests: readonly (readonly [string, number])[] = [
    ["GET / HTTP/1.1 x\r\nHost: a\r\n\r\n", 400],
    ["NONSENSE\r\n\r\n", 400],
    ["GET /call/a b HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["GET /call/a HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", 400],
    ["POST /signal HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400],
    ["POST /signal HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
    ["\u0016\u0003\u0001\u0002\u0000\u0001", 400],
  ];
  for (const [text, status] of requests) {
    const connection = await RawConnection.open(url);
    connection.send(Buffer.from(text, "latin1"));
    const answer = await connection.answer();
    assert.equal(`${answer.status} ${text}`, `${status} ${text}`);
    assertProblem(answer, status, "malformed");
    assert.equal(answer.headers.get("connection"), "close");
    await connection.over;
    connection.socket.destroy();
  }
});

test("refusals › a request without a Host is a problem too", async (t) => {
  const { url } = await serve(t);
  const connection = await RawConnection.open(url);
  connection.send("GET /call/tea HTTP/1.1\r\n\r\n");
  assertProblem(await connection.answer(), 400, "malformed");
});

test("refusals › CONNECT, which asks for a proxy, is answered too", async (t) => {
  const { url } = await serve(t);
  const answer = await ask(url, { method: "CONNECT", target: "signals.test:80" });
  assert.ok(answer.status >= 400 && answer.status < 500);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
});

test("refusals › an expectation other than 100-continue is a problem too, or no matter", async (t) => {
  const { url } = await serve(t);
  const ticket = await join(url, "tea");
  const body = JSON.stringify({ ...ticket, kind: "OFFER", body: "x" });
  const request = { method: "POST", target: "/signal", headers: { ...json, Expect: "the-unexpected" }, body };
  const answer = await ask(url, request);
  if (answer.status !== 200) assert.equal(answer.headers.get("content-type"), "application/problem+json");
});

test("signal › waits for 100-continue where the client does", async (t) => {
  const { url } = await serve(t);
  const body = JSON.stringify({ ...(await join(url, "tea")), kind: "OFFER", body: "x" });
  const connection = await RawConnection.open(url);
  const headers = { ...json, Expect: "100-continue", "Content-Length": String(body.length) };
  connection.send(requestBytes({ method: "POST", target: "/signal", headers }));
  assert.equal((await connection.answer()).status, 100);
  connection.send(body);
  assert.equal((await connection.answer()).status, 200);
});

const host = "signals.test:8080";

/** Origins, separated by spaces. */
interface OriginRow {
  readonly when: string;
  readonly origin?: "*" | readonly string[];
  readonly passes: string;
  readonly refused: string;
}

const origins: readonly OriginRow[] = [
  {
    when: "the same host and localhost with any port, by default",
    passes:
      `http://${host} https://${host} HTTP://${host.toUpperCase()} http://localhost http://localhost:1` +
      " https://127.0.0.1:65535 http://[::1]:3000 capacitor://localhost",
    refused:
      `null file:// http:// localhost http://${host}/ http://x.${host} http://${host}.evil.test http://localhost:` +
      " http://evil.test http://signals.test http://signals.test:80 http://evil.test/localhost http://127.0.0.2" +
      " http://localhost.evil.test http://localhost@evil.test http://localhost:80:80",
  },
  {
    when: "those of a list and no others",
    origin: ["https://app.test", "http://other.test:3000"],
    passes: "https://app.test http://other.test:3000 HTTPS://APP.test",
    refused: `http://${host} http://app.test https://app.test:444 https://app.test.evil.test http://localhost null *`,
  },
  {
    when: "every one, by *",
    origin: "*",
    passes: `https://evil.test null http://${host}`,
    refused: "",
  },
];

for (const { when, origin, passes, refused } of origins) {
  test(`origins › let through ${when}; on every route and /ws`, async (t) => {
    const { url } = await serve(t, { seatCount: 1000, ...(origin === undefined ? {} : { origin }) });
    for (const from of passes.split(" ")) {
      const headers = { Host: host, Origin: from };
      const answer = await ask(url, { target: "/call/tea", headers });
      assert.equal(answer.status, 200, from);
      assert.equal(answer.headers.get("access-control-allow-origin"), origin === "*" ? "*" : from);
      if (origin !== "*") assert.match(answer.headers.get("vary") ?? "", /origin/i);
      assertProblem(
        await ask(url, { method: "POST", target: "/signal", headers }),
        415,
        "wrong_content_type",
      );
      assertProblem(await ask(url, { method: "POST", target: "/leave", headers }), 415, "wrong_content_type");
      assertProblem(await ask(url, { target: "/ws", headers }), 400, "no_upgrade");
    }
    const odd = ["", "http://localhost, http://localhost", "http://localhost https://app.test"];
    for (const from of origin === "*" ? [] : [...refused.split(" "), ...odd]) {
      for (const { target, methods } of routes) {
        for (const method of [...methods, "OPTIONS", "DELETE"]) {
          const answer = await ask(url, { method, target, headers: { Host: host, Origin: from } });
          assert.equal(answer.status, 403, `${method} ${target} from ${from}`);
          assertProblem(answer, 403, "foreign_origin");
        }
      }
    }
    assert.equal((await ask(url, { target: "/call/tea" })).status, 200, "a request without an Origin passes");
  });
}

test("origins › a refused request changes nothing", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const headers = { Origin: "https://evil.test" };
  await ask(url, { target: "/call/tea", headers });
  const ticket = await join(url, "tea");
  const body = JSON.stringify({ ...ticket, kind: "LEAVE" });
  const beacon = {
    method: "POST",
    target: "/leave",
    headers: { ...headers, "Content-Type": "text/plain" },
    body,
  };
  assertProblem(await ask(url, beacon), 403, "foreign_origin");
  assert.equal(await signal(url, ticket, "OFFER", "x"), 200);
});

test("origins › a foreign one is never told that it is allowed", async (t) => {
  const { url } = await serve(t);
  const headers = { Origin: "https://evil.test" };
  for (const method of ["GET", "OPTIONS"]) {
    const answer = await ask(url, { method, target: "/call/tea", headers });
    assertProblem(answer, 403, "foreign_origin");
    assert.notEqual(answer.headers.get("access-control-allow-origin"), headers.Origin);
    assert.match(answer.headers.get("vary") ?? "", /origin/i);
  }
});

test("CORS › answers say which headers a page may read, errors too", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const headers = { Origin: "http://localhost:3000" };
  const answers = [
    await ask(url, { target: "/call/tea", headers }),
    await ask(url, { target: "/call/tea", headers }),
    await ask(url, { target: "/call/%zz", headers }),
    await ask(url, { target: "/nowhere", headers }),
    await ask(url, { method: "PUT", target: "/signal", headers }),
    await ask(url, { method: "POST", target: "/leave", headers: { ...headers, ...json }, body: "{}" }),
    await ask(url, {
      method: "POST",
      target: "/leave",
      headers: { ...headers, ...json },
      body: "x".repeat(70_000),
    }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 409, 400, 404, 405, 400, 413],
  );
  for (const answer of answers) {
    assert.equal(answer.headers.get("access-control-allow-origin"), headers.Origin);
    assert.match(answer.headers.get("vary") ?? "", /origin/i);
    for (const header of ["cache-control", "content-type", "user-agent", "retry-after"])
      assert.ok(words(answer, "access-control-expose-headers").includes(header), header);
  }
});

test("connections › answer pipelined requests in their order, refused or not", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const connection = await RawConnection.open(url);
  const targets = ["/call/one", "/call/one", "/call/%zz", "/call/two", "/nowhere", "/ws", "/call/three"];
  connection.send(Buffer.concat(targets.map((target) => requestBytes({ target }))));
  const statuses: number[] = [];
  for (const _ of targets) statuses.push((await connection.answer()).status);
  assert.deepEqual(statuses, [200, 409, 400, 200, 404, 400, 200]);
  connection.socket.destroy();
});

test("connections › stay usable after a refusal whose request was read to its end", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const connection = await RawConnection.open(url);
  const refused = [
    [{ target: "/call/tea" }, 200],
    [{ target: "/call/tea" }, 409],
    [{ method: "POST", target: "/signal", headers: json, body: "{" }, 400],
    [{ method: "POST", target: "/signal", headers: json, body: '{"kind":"OFFER"}' }, 400],
    [
      { method: "POST", target: "/leave", headers: json, body: '{"kind":"LEAVE","call":"a","session":"b"}' },
      409,
    ],
    [
      {
        method: "POST",
        target: "/call/tea",
        headers: { ...json, "Transfer-Encoding": "chunked" },
        body: chunked("[]"),
      },
      400,
    ],
    [{ target: "/call/coffee" }, 200],
  ] as const;
  for (const [request, status] of refused) {
    connection.send(requestBytes(request));
    const answer = await connection.answer();
    assert.equal(answer.status, status, answer.body);
    assert.notEqual(answer.headers.get("connection"), "close");
  }
});

test("connections › a body sent with a GET is passed over and is no next request", async (t) => {
  const { url } = await serve(t, { seatCount: 1 });
  const connection = await RawConnection.open(url);
  connection.send(
    requestBytes({ target: "/call/tea", body: "GET /call/smuggled HTTP/1.1\r\nHost: a\r\n\r\n" }),
  );
  assert.equal(JSON.parse((await connection.answer()).body).call, "tea");
  connection.send(requestBytes({ target: "/call/tea" }));
  assert.equal((await connection.answer()).status, 409);
  await join(url, "smuggled");
});
