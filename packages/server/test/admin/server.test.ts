import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get as request } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { startAdmin } from "../../src/admin/server.ts";
import { urlOf } from "../../src/transports/http/kit/listener.ts";
import { get, serve } from "./serve.ts";

/** Well under the grace of an answer in flight (2 s) and the keep-alive of an idle connection (5 s). */
const atOnceMs = 1_500;

async function closesAtOnce(close: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await close();
  assert.ok(performance.now() - start < atOnceMs);
}

async function rawConnection(t: TestContext, url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  await once(socket, "connect");
  return socket.setEncoding("utf8");
}

test("admin › the url is localhost for every interface, and has brackets around IPv6", () => {
  const hosts = [undefined, "", "0.0.0.0", "::", "127.0.0.1", "::1", "admin.internal"];
  assert.deepEqual(
    hosts.map((host) => urlOf(host, 8090)),
    [
      "http://localhost:8090",
      "http://localhost:8090",
      "http://localhost:8090",
      "http://localhost:8090",
      "http://127.0.0.1:8090",
      "http://[::1]:8090",
      "http://admin.internal:8090",
    ],
  );
});

test("admin › without a host it serves on every interface", async (t) => {
  const health = { reachable: () => Promise.resolve(true), draining: () => false };
  const admin = await startAdmin({ host: undefined, port: 0, health });
  t.after(() => admin.close());
  assert.match(admin.url, /^http:\/\/localhost:\d+$/);
  assert.deepEqual(await get(`${admin.url}/livez`), [200, "ok\n"]);
  assert.deepEqual(await get(`${admin.url.replace("localhost", "127.0.0.1")}/livez`), [200, "ok\n"]);
});

test("admin › a port in use is told by a rejection", async (t) => {
  const { url } = await serve(t);
  const health = { reachable: () => Promise.resolve(true), draining: () => false };
  const again = startAdmin({ host: "127.0.0.1", port: Number(new URL(url).port), health });
  await assert.rejects(again, { code: "EADDRINUSE" });
});

test("admin › a page that throws answers 500, and the next request is served", async (t) => {
  const { url } = await serve(t, {
    draining: () => {
      throw new Error("no such state");
    },
  });
  assert.deepEqual(await get(`${url}/readyz`), [500, "internal error: no such state\n"]);
  assert.deepEqual(await get(`${url}/livez`), [200, "ok\n"]);
});

test("admin › the absolute form of a request finds the page", async (t) => {
  const { url } = await serve(t);
  const socket = await rawConnection(t, url);
  socket.write("GET http://admin.internal/livez HTTP/1.1\r\nHost: admin.internal\r\n\r\n");
  const [head] = await once(socket, "data");
  assert.match(String(head), /^HTTP\/1\.1 200 OK\r\n/);
});

test("admin › close ends idle and half-sent requests at once", async (t) => {
  const admin = await serve(t);
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const [response] = await once(request(`${admin.url}/livez`, { agent }), "response");
  await once(response.resume(), "end");
  const halfSent = await rawConnection(t, admin.url);
  halfSent.resume().write("GET /livez HT");
  // Another answer shows that the server has read what was sent before it.
  await get(`${admin.url}/livez`);
  await Promise.all([closesAtOnce(() => admin.close()), once(halfSent, "close")]);
});

test("admin › close lets an answer in flight be finished, and may be called twice", async (t) => {
  const asked = Promise.withResolvers<void>();
  const backend = Promise.withResolvers<boolean>();
  const admin = await serve(t, {
    reachable: () => {
      asked.resolve();
      return backend.promise;
    },
  });
  const answer = fetch(`${admin.url}/readyz`);
  await asked.promise;
  const closed = [admin.close(), admin.close()];
  backend.resolve(true);
  const response = await answer;
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("connection"), "close");
  assert.equal(await response.text(), "ok\n");
  await Promise.all(closed);
  await assert.rejects(fetch(`${admin.url}/livez`));
});

test("admin › a process that has closed its admin servers ends by itself", async () => {
  const script = `
    const { startAdmin } = await import(${JSON.stringify(import.meta.resolve("../../src/admin/server.ts"))});
    const health = { reachable: async () => true, draining: () => false };
    const admins = [1, 2].map(() => startAdmin({ host: "127.0.0.1", port: 0, health }));
    for (const { url, close } of await Promise.all(admins)) {
      if ((await fetch(url + "/debug/pprof/heap")).status !== 200) process.exitCode = 1;
      await close();
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
  assert.deepEqual(await once(child, "exit"), [0, null]);
});
