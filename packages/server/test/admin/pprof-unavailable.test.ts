import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { test } from "node:test";
import { get, serve } from "./serve.ts";

// Stands in for a platform that the package has no build for; the loader's own message has this shape.
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== "@datadog/pprof") return nextResolve(specifier, context);
    throw new Error("No native build was found for platform=plan9\n    loaded from: /somewhere");
  },
});

test("admin › where the profiler can't be loaded its pages answer 501, and the others are served", async (t) => {
  const { url } = await serve(t);
  for (const name of ["profile", "heap"]) {
    assert.deepEqual(await get(`${url}/debug/pprof/${name}`), [
      501,
      "profiler unavailable: No native build was found for platform=plan9\n",
    ]);
  }
  assert.deepEqual(await get(`${url}/readyz`), [200, "ok\n"]);
});
