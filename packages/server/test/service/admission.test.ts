import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test, { type TestContext } from "node:test";
import { memoryBackend } from "../../src/backends/memory/memory-backend.ts";
import { mintSessions } from "../../src/calls/mint-sessions.ts";
import { type Admission, admitEveryone, type Admitted } from "../../src/calls/ports/admission.ts";
import { closeServer } from "../../src/transports/http/kit/close.ts";
import { listen } from "../../src/transports/http/kit/listener.ts";
import { httpServer } from "../../src/transports/http/server.ts";
import { noFiles } from "../../src/transports/http/static-files.ts";
import { ask, assertProblem } from "../../../../lab/wire/raw-http.ts";

const refused: Admitted = { admitted: false, code: "foreign_origin", detail: "not you" };

/** A server of calls with one seat, closed when the test ends. */
async function serveWith(t: TestContext, admission: Admission): Promise<string> {
  const backend = memoryBackend();
  const { server } = httpServer({
    admission,
    backend,
    limits: { seatCount: 1, leaseMs: 10_000, logEntries: 16, logBytes: 4096 },
    report: () => {},
    newSession: mintSessions(randomBytes),
    now: () => performance.now(),
    nextOperation: () => 1,
    ice: { servers: [], ttl: 60, turn: undefined },
    files: noFiles,
    origins: "*",
    bodyLimitBytes: 4096,
    requestTimeoutMs: 1000,
    maxConnections: 16,
    draining: () => false,
    upgrade: (_request, connection) => connection.destroy(),
  });
  t.after(async () => {
    await closeServer(server, 1000);
    await backend.close();
  });
  return listen(server, { host: "127.0.0.1", port: 0 });
}

test("admission › receives the call, and the address, origin and token of the client", async (t) => {
  const seen: unknown[] = [];
  const url = await serveWith(t, {
    admit(call, { address, origin, token }) {
      seen.push({ call, address, origin, token });
      return admitEveryone.admit(call, { address, origin, token });
    },
  });
  const headers = { Origin: "https://tea.example", Authorization: "Bearer abc.def" };
  assert.equal((await ask(url, { target: "/call/t%20ea", headers })).status, 200);
  assert.equal((await ask(url, { method: "POST", target: "/call/coffee" })).status, 200);
  assert.deepEqual(seen, [
    { call: "t ea", address: "127.0.0.1", origin: "https://tea.example", token: "abc.def" },
    { call: "coffee", address: "127.0.0.1", origin: undefined, token: undefined },
  ]);
});

for (const [how, admit] of [
  ["immediately", () => refused],
  ["later", () => Promise.resolve(refused)],
] as const)
  test(`admission › a join that is refused ${how} takes no seat`, async (t) => {
    let isOpen = false;
    const admission = {
      admit: (...args: Parameters<Admission["admit"]>) => (isOpen ? admitEveryone : { admit }).admit(...args),
    };
    const url = await serveWith(t, admission);
    const answer = await ask(url, { target: "/call/tea" });
    assert.equal(assertProblem(answer, 403, "foreign_origin"), "not you");
    isOpen = true;
    assert.equal((await ask(url, { target: "/call/tea" })).status, 200);
  });
