import assert from "node:assert/strict";
import { test } from "node:test";
import { pages } from "../../src/admin/pages.ts";
import { get, serve } from "./serve.ts";

test("admin › /debug links to every page, with its sentence, and every link leads somewhere", async (t) => {
  const { url } = await serve(t);
  const [status, html] = await get(`${url}/debug`);
  assert.equal(status, 200);
  assert.match(html, /^<!doctype html>\n<html lang="en">/);
  assert.match(html, /<title>[^<]+<\/title>/);
  const links = Array.from(html.matchAll(/<a href="([^"]+)">/g), ([, href = ""]) => href);
  assert.deepEqual(
    links,
    pages.map(({ path }) => path),
  );
  for (const { path, summary } of pages) {
    assert.ok(html.includes(`<dd>${summary}</dd>`), path);
    assert.equal((await fetch(url + path, { method: "HEAD" })).status, 200, path);
  }
});

test("admin › the index lets no script run and is taken for nothing but HTML", async (t) => {
  const { url } = await serve(t);
  const { headers } = await fetch(`${url}/debug`);
  assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
  assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none';/);
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});

test("admin › the index is found at /, /debug and /debug/pprof, with or without a trailing slash", async (t) => {
  const { url } = await serve(t);
  const [, index] = await get(`${url}/debug`);
  for (const path of ["", "/", "/debug/", "/debug/pprof", "/debug/pprof/", "/debug?a=b", "/?debug=1"]) {
    assert.deepEqual(await get(url + path), [200, index], path);
  }
});

test("admin › a trailing slash and a meaningless query are ignored", async (t) => {
  const { url } = await serve(t);
  for (const path of ["/livez/", "/livez?verbose", "/readyz/?a=b?c", "/healthz/"]) {
    assert.deepEqual(await get(url + path), [200, "ok\n"], path);
  }
});

test("admin › an unknown path answers 404 and names /debug", async (t) => {
  const { url } = await serve(t);
  const paths = [
    "/x",
    "/livez/x",
    "/livez//",
    "/debug//",
    "/LIVEZ",
    "/debug/pprof/goroutine",
    "/constructor",
  ];
  for (const path of paths) {
    const [status, text] = await get(url + path);
    assert.equal(status, 404, path);
    assert.match(text, /^not found: .*\/debug/, path);
  }
});

test("admin › HEAD answers as GET does, without the body", async (t) => {
  const { url } = await serve(t, { draining: () => true });
  for (const path of ["/livez", "/readyz", "/healthz", "/debug", "/x"]) {
    const [head, got] = await Promise.all([fetch(url + path, { method: "HEAD" }), fetch(url + path)]);
    assert.equal(head.status, got.status, path);
    for (const name of ["content-type", "content-length", "cache-control"]) {
      assert.equal(head.headers.get(name), got.headers.get(name), path);
    }
    assert.equal(await head.text(), "", path);
  }
});

test("admin › other methods answer 405 with Allow on every page", async (t) => {
  const { url } = await serve(t);
  for (const { path } of pages) {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const response = await fetch(url + path, { method });
      assert.equal(response.status, 405, path);
      assert.equal(response.headers.get("allow"), "GET, HEAD", path);
      assert.match(await response.text(), /^method not allowed: /, path);
    }
  }
});

test("admin › every page has a path of its own and a sentence", () => {
  const paths = pages.flatMap(({ path, also = [] }) => [path, ...also]);
  assert.equal(new Set(paths).size, paths.length);
  for (const { summary } of pages) assert.match(summary, /^[A-Z].*\.$/);
});
