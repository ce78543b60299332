import test from "node:test";
import assert from "node:assert/strict";
import { testableMemoryBackend } from "../../src/testing.ts";
import { backendContract } from "./contract.ts";
import { take } from "./steps.ts";

backendContract("memory", async (t) => {
  let now = 1_700_000_000_000;
  const backend = testableMemoryBackend(() => now);
  t.after(() => backend.close());
  return {
    backend,
    leaseMs: 30_000,
    pass: async (ms) => void (now += ms),
    empty: async () => backend.empty(),
    restart: async () => backend.restart(),
    size: async () => {
      // What is forgotten at the next look is forgotten: its own sweep, on real time, is tested below.
      await backend.resync("tea", 0, 0);
      await backend.resync("coffee", 0, 0);
      return backend.size;
    },
  };
});

test("memory › promise 14 › sweeps what nobody asks for by itself", async (t) => {
  const backend = testableMemoryBackend();
  t.after(() => backend.close());
  // Nothing else keeps this process running while it waits.
  const awake = setInterval(() => {}, 1000);
  t.after(() => clearInterval(awake));
  for (let i = 0; i < 10; i += 1)
    await take(backend, `call ${i}`, { seatCount: 1, leaseMs: 20, logEntries: 1, logBytes: 1 });
  assert.equal(backend.size, 10);
  while (backend.size > 0) await new Promise((resolve) => setImmediate(resolve));
});
