import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const errors = "SignalsError, CallFullError, SeatLostError, SignalUnknownError";
const limits = [
  { what: "the call", names: `joinCall, ${errors}`, bytes: 3500 },
  { what: "the call and the peers", names: "*", bytes: 7000 },
];

for (const { what, names, bytes: most } of limits) {
  test(`client › ${what}, with all it imports, is at most ${most} bytes: minified, gzip -9`, async (t) => {
    const bytes = await bundledBytes(names === "*" ? names : `{ ${names} }`);
    t.diagnostic(`${what}: ${bytes} bytes`);
    assert.ok(bytes > 1000 && bytes <= most, `${bytes} bytes`);
  });
}

/** What a page that takes these names pays for them. */
async function bundledBytes(names: string): Promise<number> {
  const client = fileURLToPath(new URL("../src/index.ts", import.meta.url));
  const page = {
    name: "page",
    resolveId: (id: string) => (id === "page" ? id : undefined),
    load: (id: string) => (id === "page" ? `export ${names} from ${JSON.stringify(client)}` : undefined),
  };
  const made = await rolldown({ input: "page", plugins: [page] });
  const { output } = await made.generate({ format: "esm", minify: true });
  await made.close();
  assert.equal(output.length, 1);
  return gzipSync(output[0].code, { level: 9 }).length;
}
