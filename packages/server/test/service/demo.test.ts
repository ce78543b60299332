import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { parseAst } from "rolldown/parseAst";
import type { Report } from "../../src/calls/ports/telemetry.ts";
import { findDemoFiles } from "../../src/demo-files.ts";
import { heldBackend } from "../../../../lab/wire/held-backend.ts";
import {
  ask,
  assertProblem,
  requestBytes,
  RawConnection,
  upgradeHeaders,
} from "../../../../lab/wire/raw-http.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, TestPeer } from "../../../../lab/wire/test-peer.ts";

const main = "/page/main.js";

test("demo › without the setting there is no page, and nothing of it", async (t) => {
  const { url } = await serve(t);
  for (const target of ["/", "/index.html", main, "/page/page.css", "/client/index.js"])
    assertProblem(await ask(url, { target }), 404, "not_found");
});

test("demo › answers the page at /, whatever the query, with what it may do", async (t) => {
  const { url } = await serve(t, { demo: true });
  for (const target of ["/", "/?call=tea", "http://signals.test/"]) {
    const { status, headers, body } = await ask(url, { target });
    assert.equal(status, 200, target);
    assert.match(body, /<script type="module" src="page\/main\.js">/);
    assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
    assert.equal(headers.get("cache-control"), "no-cache");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.match(headers.get("permissions-policy") ?? "", /^camera=\(self\), microphone=\(self\), /);
    const policy = headers.get("content-security-policy") ?? "";
    for (const rule of [
      "script-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ])
      assert.ok(policy.split("; ").includes(rule), rule);
  }
});

test("demo › answers whatever the page refers to, with its type", async (t) => {
  const { url } = await serve(t, { demo: true });
  const { body } = await ask(url, { target: "/" });
  const types = {
    css: "text/css; charset=utf-8",
    js: "text/javascript; charset=utf-8",
    svg: "image/svg+xml",
  };
  const named = [...body.matchAll(/(?:href|src)="(page\/[^"#]+\.(css|js|svg))/g)];
  assert.ok(named.length >= 2, body);
  for (const [, path = "", ending = ""] of named) {
    const { status, headers } = await ask(url, { target: `/${path}` });
    assert.equal(status, 200, path);
    assert.equal(headers.get("content-type"), new Map(Object.entries(types)).get(ending), path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
  }
});

test("demo › answers every module that the page comes to import, as JavaScript", async (t) => {
  const { url } = await serve(t, { demo: true });
  const targets = new Set([main]);
  for (const target of targets) {
    const { status, headers, body } = await ask(url, { target });
    assert.equal(status, 200, target);
    assert.match(headers.get("content-type") ?? "", /^text\/javascript/, target);
    for (const name of importsOf(target, body)) targets.add(new URL(name, url + target).pathname);
  }
  // The client and the protocol are in the one script.
  assert.deepEqual([...targets], [main]);
});

test("demo › answers HEAD as GET without its body", async (t) => {
  const { url } = await serve(t, { demo: true });
  for (const target of ["/", main]) {
    const [got, head] = [await ask(url, { target }), await ask(url, { method: "HEAD", target })];
    assert.deepEqual([head.status, head.body], [200, ""]);
    for (const answer of [got, head]) answer.headers.delete("date");
    assert.deepEqual([...head.headers], [...got.headers]);
    assert.equal(head.headers.get("content-length"), String(Buffer.byteLength(got.body)));
  }
});

test("demo › answers 304 to who has this version, and to nobody else", async (t) => {
  const { url } = await serve(t, { demo: true });
  const { headers } = await ask(url, { target: main });
  const etag = headers.get("etag") ?? "";
  assert.match(etag, /^W\/"[\w-]{8,}"$/);
  const statusOf = async (tags: string, method = "GET"): Promise<number> => {
    const answer = await ask(url, { method, target: main, headers: { "If-None-Match": tags } });
    assert.equal(answer.headers.get("etag"), etag);
    assert.equal(answer.headers.get("cache-control"), "no-cache");
    if (answer.status === 304)
      assert.deepEqual([answer.body, answer.headers.get("content-length")], ["", null]);
    return answer.status;
  };
  for (const tags of [etag, etag.slice("W/".length), `"other" , ${etag}`, "*"])
    assert.equal(await statusOf(tags), 304, tags);
  assert.equal(await statusOf(etag, "HEAD"), 304);
  for (const tags of ['"other"', etag.slice('W/"'.length, -1), ""])
    assert.equal(await statusOf(tags), 200, tags);
  const page = await ask(url, { target: "/", headers: { "If-None-Match": etag } });
  assert.equal(page.status, 200);
});

test("demo › answers 304 on a connection that goes on", async (t) => {
  const { url } = await serve(t, { demo: true });
  const connection = await RawConnection.open(url);
  for (const status of [304, 304]) {
    connection.send(requestBytes({ target: main, headers: { "If-None-Match": "*" } }));
    assert.equal((await connection.answer()).status, status);
  }
  connection.socket.destroy();
});

test("demo › answers any other method 405 and says which to use", async (t) => {
  const { url } = await serve(t, { demo: true });
  for (const target of ["/", main])
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]) {
      const answer = await ask(url, { method, target });
      assertProblem(answer, 405, "method_not_allowed");
      assert.equal(answer.headers.get("allow"), "GET, HEAD", method);
    }
});

test("demo › answers 404 to whatever is not a file of the page, however it is spelled", async (t) => {
  const { url } = await serve(t, { demo: true });
  const targets = [
    ..."/page /page/ /client/ /index.html /page/index.html /page/main.ts /client/index.d.ts /index.js".split(
      " ",
    ),
    ..."/page/../../index.js /page/../index.html /page/%2e%2e/index.html /page/..%2findex.html /page/%2e%2e%2f%2e%2e%2findex.js".split(
      " ",
    ),
    ..."/page/./main.js /page//main.js //page/main.js /page/..\\index.html /page/%6dain.js /page/main.js%00".split(
      " ",
    ),
    ..."/page/main.js/ /PAGE/main.js /../package.json /constructor /__proto__ /page/__proto__".split(" "),
    ..."/service.js /demo-files.js /settings/rows.js /transports/origins.js /.. /%2e%2e/etc/passwd".split(
      " ",
    ),
  ];
  for (const target of targets) assertProblem(await ask(url, { target }), 404, "not_found");
});

test("demo › refuses other origins and a missing Host, as every route does", async (t) => {
  const { url } = await serve(t, { demo: true });
  for (const target of ["/", main]) {
    const foreign = await ask(url, { target, headers: { Origin: "https://elsewhere.test" } });
    assertProblem(foreign, 403, "foreign_origin");
    const own = await ask(url, { target, headers: { Origin: "http://signals.test" } });
    assert.equal(own.status, 200);
    assert.equal(own.headers.get("access-control-allow-origin"), "http://signals.test");
    const connection = await RawConnection.open(url);
    connection.send(`GET ${target} HTTP/1.1\r\n\r\n`);
    assertProblem(await connection.answer(), 400, "malformed");
    connection.socket.destroy();
  }
});

test("demo › a client that resets its connection leaves no file open, and is no bug", async (t) => {
  const reports: Report[] = [];
  const { url } = await serve(t, { demo: true, report: (report) => void reports.push(report) });
  const openFiles = (): number =>
    readdirSync("/proc/self/fd").filter((name) => linkOf(name).includes("/dist/demo/")).length;
  for (let round = 0; round < 100; round += 1) {
    const connection = await RawConnection.open(url);
    connection.send(requestBytes({ target: main }));
    // Long enough for the request to arrive, and shorter than the file takes to be read.
    await new Promise((resolve) => setImmediate(resolve));
    connection.socket.resetAndDestroy();
  }
  assert.equal((await ask(url, { target: main })).status, 200);
  while (openFiles() > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    reports.filter(({ event }) => event === "bug"),
    [],
  );
});

test("demo › leaves the endpoints as they are", async (t) => {
  const { url } = await serve(t, { demo: true });
  const ticket = await join(url, "tea");
  await TestPeer.attach(url, ticket);
  assertProblem(await ask(url, { target: "/nowhere" }), 404, "not_found");
  assertProblem(await ask(url, { target: "/signal" }), 405, "method_not_allowed");
  assert.equal(
    (await ask(url, { target: "/", headers: upgradeHeaders })).status,
    200,
    "no websocket is at /",
  );
});

test("demo › still answers the page while draining", async (t) => {
  const { backend } = heldBackend({ outlivesProcess: true });
  const service = await serve(t, { backend, demo: true, drainTimeoutMs: 1000 });
  const peers = [];
  for (const call of ["tea", "tea", "cake"])
    peers.push(await TestPeer.attach(service.url, await join(service.url, call)));
  const closing = service.close();
  assertProblem(await ask(service.url, { target: "/call/tea" }), 503, "draining");
  assert.equal((await ask(service.url, { target: "/" })).status, 200);
  await closing;
  await Promise.all(peers.map(({ closed }) => closed));
});

test("demo › does not start without its page, and says so", async (t) => {
  const folder = await mkdtemp(joinPath(tmpdir(), "signals-demo-"));
  t.after(() => rm(folder, { recursive: true }));
  const missing = { name: "SettingFileError", message: /^--demo: the page can't be read: ENOENT/ };
  await assert.rejects(findDemoFiles(pathToFileURL(`${folder}/`)), missing);
  await cp(new URL("../../dist/demo/", import.meta.url), folder, { recursive: true });
  assert.deepEqual((await findDemoFiles(pathToFileURL(`${folder}/`))).files, (await findDemoFiles()).files);
  await rm(joinPath(folder, "index.html"));
  await assert.rejects(findDemoFiles(pathToFileURL(`${folder}/`)), missing);
});

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return "";
  }
}

/** The relative names that a module imports. The parser takes JavaScript alone, so types that were left would throw. */
function importsOf(target: string, module: string): readonly string[] {
  const names = parseAst(module).body.flatMap((node) =>
    "source" in node && node.source !== null ? [node.source.value] : [],
  );
  for (const name of names) assert.match(name, /^\.{1,2}\/.*\.js$/, `${target} imports ${name}`);
  return names;
}
