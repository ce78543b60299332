import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

test("client › the call, with all it imports, is at most 3.5 kB: minified, gzip -9", async (t) => {
  const bytes = await bundledBytes("../../src/client/index.ts");
  t.diagnostic(`the call: ${bytes} bytes`);
  assert.ok(bytes > 1000 && bytes <= 3500, `${bytes} bytes`);
});

async function bundledBytes(entry: string): Promise<number> {
  const made = await rolldown({ input: fileURLToPath(new URL(entry, import.meta.url)) });
  const { output } = await made.generate({ format: "esm", minify: true });
  await made.close();
  assert.equal(output.length, 1);
  return gzipSync(output[0].code, { level: 9 }).length;
}
