import { memoryBackend } from "../../src/backends/memory/memory-backend.ts";
import { serve } from "../../../../lab/wire/serve.ts";
import { promiseSuite } from "./promise-suite.ts";

// Two services on one in-process backend: everything of two processes but the network between them.
promiseSuite("memory", async (t) => {
  const options = {
    backend: memoryBackend(),
    seatTimeoutMs: 1500,
    wsReadTimeoutMs: 1000,
    wsPingIntervalMs: 100,
  };
  const [one, two] = [await serve(t, options), await serve(t, options)];
  return { a: one.url, b: two.url, leaseMs: options.seatTimeoutMs };
});
