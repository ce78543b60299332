import assert from "node:assert/strict";
import test from "node:test";
import { isDeepStrictEqual } from "node:util";
import { memoryBackend } from "../../src/backends/memory/memory-backend.ts";
import type { Report, Timing } from "../../src/calls/ports/telemetry.ts";
import { take } from "../backends/steps.ts";
import { heldBackend } from "../../../../lab/wire/held-backend.ts";
import { RawConnection } from "../../../../lab/wire/raw-http.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { join, leave, signal, TestPeer } from "../../../../lab/wire/test-peer.ts";

test("telemetry › each operation is reported with its own number and the time that the store took", async (t) => {
  const timings = new Map<Report["event"], Timing>();
  const held = heldBackend();
  const { url } = await serve(t, {
    backend: held.backend,
    report: (report) => void ("operation" in report && timings.set(report.event, timingOf(report))),
  });
  const ticket = await join(url, "tea");
  const decided = held.hold("publish");
  const signalled = signal(url, ticket, "OFFER", "x");
  await decided;
  const heldAt = performance.now();
  while (performance.now() - heldAt < 5) await new Promise((resolve) => setImmediate(resolve));
  held.release();
  assert.equal(await signalled, 200);
  await leave(url, ticket);

  assert.deepEqual([...timings.keys()], ["join", "signal", "leave"]);
  assert.deepEqual(
    [...timings.values()].map(({ operation }) => operation),
    [1, 2, 3],
  );
  for (const { durationMs } of timings.values()) assert.ok(durationMs >= 0 && durationMs < 60_000);
  assert.ok((timings.get("signal")?.durationMs ?? 0) >= 5, "the time that the reply was held");
});

test("telemetry › the gauges count websockets, calls and connections when they are read", async (t) => {
  const backend = memoryBackend();
  const { url, gauges } = await serve(t, { backend });
  const read = (): number[] => [gauges.websockets(), gauges.calls(), gauges.connections()];
  const until = async (...values: readonly number[]): Promise<void> => {
    while (!isDeepStrictEqual(read(), values)) await new Promise((resolve) => setImmediate(resolve));
  };
  assert.deepEqual(read(), [0, 0, 0]);
  const limits = { seatCount: 2, leaseMs: 30_000, logEntries: 10, logBytes: 10_000 };
  const peers: TestPeer[] = [];
  for (const call of ["tea", "tea", "coffee"]) {
    const { session } = await take(backend, call, limits);
    peers.push(await TestPeer.attach(url, { kind: "JOIN", call, session }));
  }
  assert.deepEqual(read(), [3, 2, 3]);
  const connection = await RawConnection.open(url);
  await until(3, 2, 4);
  connection.socket.destroy();
  peers.pop()?.vanish();
  await until(2, 1, 2);
  for (const peer of peers) peer.vanish();
  await until(0, 0, 0);
});

function timingOf({ operation, durationMs }: Partial<Timing>): Timing {
  assert.ok(operation !== undefined && durationMs !== undefined);
  return { operation, durationMs };
}
