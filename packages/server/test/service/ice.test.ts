import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import test, { type TestContext } from "node:test";
import { testableMemoryBackend } from "../../src/testing.ts";
import { BackendError } from "../../src/calls/ports/backend.ts";
import type { Report } from "../../src/calls/ports/telemetry.ts";
import type { IceAnswer } from "webrtc-signals-protocol";
import type { ServiceOptions } from "../../src/service.ts";
import { askJson, assertProblem, RawConnection, requestBytes } from "../../../../lab/wire/raw-http.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, leave, post, type Ticket } from "../../../../lab/wire/test-peer.ts";

const turn = { turnUrl: ["turn:turn.test:3478", "turns:turn.test?transport=tcp"], turnSecret: "s3 cret" };

const servers = [
  { urls: "stun:stun.test:3478" },
  { urls: ["turn:a.test", "turn:b.test?transport=tcp"], username: "ann", credential: "pässword/+" },
];

function message(ticket: Ticket, more: object = {}): string {
  return JSON.stringify({ ...ticket, kind: "ICE", ...more });
}

async function iceOf(url: string, ticket: Ticket): Promise<IceAnswer> {
  const answer = await askJson(url, "/ice", message(ticket));
  assert.equal(answer.status, 200, answer.body);
  return JSON.parse(answer.body);
}

/** The one server with time-limited credentials, taken apart. */
async function credentialsOf(
  url: string,
  ticket: Ticket,
): Promise<{ readonly expiry: number; readonly label: string; readonly credential: string }> {
  const { iceServers } = await iceOf(url, ticket);
  const { username = "", credential = "" } = iceServers.at(-1) ?? {};
  const [, expiry, label = ""] = /^(\d{10}):(.+)$/.exec(username) ?? [];
  return { expiry: Number(expiry), label, credential };
}

/** The reports of ICE requests; their operation and duration, which differ between runs, are checked here. */
function iceReports(told: readonly Report[]): unknown[] {
  let last = 0;
  return told.flatMap((report) => {
    if (report.event !== "ice") return [];
    const { operation, durationMs, ...rest } = report;
    assert.ok(Number.isInteger(operation) && operation > last, `operation ${operation} after ${last}`);
    assert.ok(durationMs >= 0 && durationMs < 60_000, `${durationMs} ms`);
    last = operation;
    return [rest];
  });
}

async function fileOf(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(path(tmpdir(), "signals-ice-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(path(folder, "file"), text);
  return path(folder, "file");
}

test("ice › answers an empty list where no server is configured", async (t) => {
  const { url } = await serve(t);
  const answer = await askJson(url, "/ice", message(await join(url, "tea")));
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.deepEqual(JSON.parse(answer.body), { iceServers: [], ttl: 3600 });
});

test("ice › passes static servers on exactly, from a setting and from a file", async (t) => {
  for (const iceServers of [servers, { file: await fileOf(t, `\n${JSON.stringify(servers, null, 2)}\n`) }]) {
    const { url } = await serve(t, { iceServers, turnTtlMs: 90_500 });
    assert.deepEqual(await iceOf(url, await join(url, "tea")), { iceServers: servers, ttl: 90 });
  }
});

test("ice › makes credentials as coturn's use-auth-secret has them, after the static servers", async (t) => {
  const { url } = await serve(t, { ...turn, iceServers: servers, turnTtlMs: 600_000 });
  const before = Date.now() / 1000;
  const { iceServers, ttl } = await iceOf(url, await join(url, "tea"));
  const after = Date.now() / 1000;
  assert.equal(ttl, 600);
  assert.deepEqual(iceServers.slice(0, -1), servers);
  const { urls, username = "", credential, ...more } = iceServers.at(-1) ?? { urls: "" };
  assert.deepEqual([urls, more], [turn.turnUrl, {}]);
  const [expiry, label] = username.split(":");
  assert.ok(Number(expiry) >= before + ttl && Number(expiry) < after + ttl + 1, `${expiry} after ${before}`);
  assert.match(label ?? "", /^[\w-]{16}$/);
  assert.equal(credential, createHmac("sha1", turn.turnSecret).update(username).digest("base64"));
});

test("ice › counts the end of credentials by the backend's clock", async (t) => {
  let now = 1_800_000_000_000;
  const backend = testableMemoryBackend(() => now);
  t.after(() => backend.close());
  const { url } = await serve(t, { ...turn, backend });
  const ticket = await join(url, "tea");
  assert.equal((await credentialsOf(url, ticket)).expiry, 1_800_003_600);
  now += 1;
  assert.equal((await credentialsOf(url, ticket)).expiry, 1_800_003_601, "they last an hour at least");
});

test("ice › takes the secret from the first line of a file", async (t) => {
  const { url } = await serve(t, {
    turnUrl: turn.turnUrl,
    turnSecretFile: await fileOf(t, "from a file\r\nmore\n"),
  });
  const { iceServers } = await iceOf(url, await join(url, "tea"));
  const { username = "", credential } = iceServers[0] ?? {};
  assert.equal(credential, createHmac("sha1", "from a file").update(username).digest("base64"));
});

test("ice › labels a session always the same, each another way, and with nothing of itself", async (t) => {
  const { url } = await serve(t, turn);
  const other = await serve(t, { ...turn, turnSecret: "another" });
  const [one, two] = [await join(url, "tea"), await join(url, "tea")];
  const { label } = await credentialsOf(url, one);
  assert.equal((await credentialsOf(url, one)).label, label);
  assert.notEqual((await credentialsOf(url, two)).label, label);
  assert.notEqual((await credentialsOf(other.url, await join(other.url, "tea"))).label, label);
  for (const { session } of [one, two])
    for (let at = 0; at + 5 <= label.length; at += 1) assert.ok(!session.includes(label.slice(at, at + 5)));
});

test("ice › is only for who holds a seat on that call: 409 gone", async (t) => {
  let now = Date.now();
  const backend = testableMemoryBackend(() => now);
  t.after(() => backend.close());
  const { url } = await serve(t, { ...turn, backend });
  const [one, two] = [await join(url, "tea"), await join(url, "tea")];
  const refused = async (ticket: Ticket): Promise<void> => {
    const answer = await askJson(url, "/ice", message(ticket));
    assert.match(assertProblem(answer, 409, "gone"), /join anew/);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.ok(!answer.body.includes("turn.test"));
  };
  await refused({ ...one, session: "nobody" });
  await refused({ ...one, call: "coffee" });
  await leave(url, two);
  await refused(two);
  assert.equal((await iceOf(url, one)).iceServers.length, 1);
  now += 30_000;
  await refused(one);
});

const malformed: readonly [body: string, because: RegExp][] = [
  ["", /not valid JSON/],
  ["[]", /not a JSON object/],
  ['{"kind":"ICE","session":"x"}', /call/],
  ['{"kind":"ICE","call":"tea"}', /session/],
  ['{"kind":"ICE","call":"tea","session":7}', /session/],
  ['{"kind":"ice","call":"tea","session":"x"}', /kind must be ICE/],
  ['{"kind":"LEAVE","call":"tea","session":"x"}', /kind must be ICE/],
];

test("ice › refuses what is malformed, too large, or of another type, and changes nothing", async (t) => {
  const { url } = await serve(t, turn);
  const ticket = await join(url, "tea");
  for (const [body, because] of malformed)
    assert.match(assertProblem(await askJson(url, "/ice", body), 400, "malformed"), because);
  const large = message(ticket, { padding: "x".repeat(65_536) });
  assertProblem(await askJson(url, "/ice", large), 413, "too_large");
  for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
    const response = await fetch(`${url}/ice`, {
      method: "POST",
      headers: { "Content-Type": type },
      body: message(ticket),
    });
    assert.equal(response.status, 415);
    await response.arrayBuffer();
  }
  assert.equal((await post(url, "/ice", { ...ticket, kind: "ICE" })).status, 200);
});

test("ice › a page of an allowed origin may read it, a foreign one gets nothing", async (t) => {
  const { url } = await serve(t, { ...turn, origin: ["https://app.test"] });
  const ticket = await join(url, "tea");
  const asked = (origin: string): Promise<Response> =>
    fetch(`${url}/ice`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: origin },
      body: message(ticket),
    });
  const good = await asked("https://app.test");
  assert.deepEqual([good.status, good.headers.get("access-control-allow-origin")], [200, "https://app.test"]);
  await good.arrayBuffer();
  const foreign = await asked("https://evil.test");
  assert.equal(foreign.status, 403);
  assert.ok(!(await foreign.text()).includes("turn.test"));
});

test("ice › answers 503 away where the backend does not, whether the question arrived or not", async (t) => {
  for (const code of ["unsent", "unknown"] as const) {
    const told: Report[] = [];
    const backend = { ...testableMemoryBackend(), holds: () => Promise.reject(new BackendError(code)) };
    const { url } = await serve(t, { ...turn, backend, report: (report) => told.push(report) });
    const answer = await askJson(url, "/ice", message(await join(url, "tea")));
    assertProblem(answer, 503, "away");
    assert.equal(answer.headers.get("retry-after"), "1");
    const outcome = code === "unsent" ? "away" : "unknown";
    assert.deepEqual(iceReports(told), [{ event: "ice", outcome }]);
  }
});

test("ice › is served while the process drains", async (t) => {
  const service = await serve(t, turn);
  const ticket = await join(service.url, "tea");
  const connection = await RawConnection.open(service.url);
  // A request that has begun keeps its connection open while the service closes.
  const request = requestBytes({
    method: "POST",
    target: "/ice",
    headers: { "Content-Type": "application/json", Expect: "100-continue" },
    body: message(ticket),
  });
  const bodyAt = request.indexOf("\r\n\r\n") + 4;
  connection.send(request.subarray(0, bodyAt));
  assert.equal((await connection.answer()).status, 100);
  const closed = service.close();
  connection.send(request.subarray(bodyAt));
  const answer = await connection.answer();
  assert.equal(answer.status, 200, answer.body);
  assert.equal(JSON.parse(answer.body).iceServers.length, 1);
  connection.socket.destroy();
  await closed;
});

test("ice › is reported without session, call or credentials", async (t) => {
  const told: Report[] = [];
  const { url } = await serve(t, { ...turn, report: (report) => told.push(report) });
  const ticket = await join(url, "tea");
  await iceOf(url, ticket);
  await askJson(url, "/ice", message({ ...ticket, session: "nobody" }));
  assert.deepEqual(iceReports(told), [
    { event: "ice", outcome: "ok" },
    { event: "ice", outcome: "gone" },
  ]);
});

test("ice › a file that does not hold what it should stops the start in one line", async (t) => {
  const cases: readonly [options: ServiceOptions, message: RegExp][] = [
    [{ iceServers: { file: await fileOf(t, '[{"url":"stun:a"}]') } }, /--ice-servers: .*file .*"url"/],
    [{ iceServers: { file: await fileOf(t, "nonsense") } }, /--ice-servers: .*file is not valid JSON/],
    [{ iceServers: { file: "/nowhere/at/all" } }, /ENOENT.*\/nowhere\/at\/all/],
    [{ turnUrl: turn.turnUrl, turnSecretFile: await fileOf(t, "\nlate") }, /--turn-secret-file: .*no secret/],
    [{ turnUrl: turn.turnUrl, turnSecretFile: "/nowhere/at/all" }, /ENOENT.*\/nowhere\/at\/all/],
    [{ turnUrl: turn.turnUrl }, /turnUrl needs the secret/],
  ];
  for (const [options, expected] of cases) await assert.rejects(serve(t, options), expected);
});
