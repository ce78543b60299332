import assert from "node:assert/strict";
import { test } from "node:test";
import { get, serve } from "./serve.ts";

for (const path of ["/readyz", "/healthz"]) {
  test(`admin › ${path} answers 200 when the backend answers`, async (t) => {
    const { url } = await serve(t);
    assert.deepEqual(await get(url + path), [200, "ok\n"]);
  });

  test(`admin › ${path} answers 503 while draining, and does not ask the backend`, async (t) => {
    let asked = 0;
    const reachable = (): Promise<boolean> => Promise.resolve(++asked > 0);
    const { url } = await serve(t, { draining: () => true, reachable });
    assert.deepEqual(await get(url + path), [503, "draining\n"]);
    assert.equal(asked, 0);
  });

  test(`admin › ${path} answers 503 when the backend says no`, async (t) => {
    const { url } = await serve(t, { reachable: () => Promise.resolve(false) });
    assert.deepEqual(await get(url + path), [503, "backend unreachable\n"]);
  });

  test(`admin › ${path} answers 503 when asking the backend fails`, async (t) => {
    const { url } = await serve(t, { reachable: () => Promise.reject(new Error("connection refused")) });
    assert.deepEqual(await get(url + path), [503, "backend unreachable\n"]);
  });

  test(`admin › ${path} answers 503 when the backend keeps silent`, async (t) => {
    const { url } = await serve(t, { reachable: () => Promise.withResolvers<boolean>().promise });
    assert.deepEqual(await get(url + path), [503, "backend unreachable\n"]);
  });
}

test("admin › /readyz follows the backend from one request to the next", async (t) => {
  const answers = [true, false, true];
  const { url } = await serve(t, { reachable: () => Promise.resolve(answers.shift() === true) });
  const statuses: number[] = [];
  while (answers.length > 0) statuses.push((await get(`${url}/readyz`))[0]);
  assert.deepEqual(statuses, [200, 503, 200]);
});

test("admin › /livez answers 200 while draining, and never asks the backend", async (t) => {
  const reachable = (): Promise<boolean> => assert.fail("the backend was asked");
  const { url } = await serve(t, { draining: () => true, reachable });
  assert.deepEqual(await get(`${url}/livez`), [200, "ok\n"]);
});

test("admin › the health pages are plain text that no one may store", async (t) => {
  const { url } = await serve(t);
  for (const path of ["/livez", "/readyz", "/healthz"]) {
    const { headers } = await fetch(url + path);
    assert.equal(headers.get("content-type"), "text/plain; charset=utf-8", path);
    assert.equal(headers.get("cache-control"), "no-store", path);
  }
});
