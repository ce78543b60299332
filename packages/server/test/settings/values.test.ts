import assert from "node:assert/strict";
import test from "node:test";
import * as fc from "fast-check";
import { parseCount } from "../../src/settings/codecs/count.ts";
import { parseDuration } from "../../src/settings/codecs/duration.ts";
import { parseSize } from "../../src/settings/codecs/size.ts";

const durations: readonly [text: string, ms: number][] = [
  ["500ms", 500],
  ["30s", 30_000],
  ["1m30s", 90_000],
  ["1.5s", 1500],
  [".5s", 500],
  ["1.s", 1000],
  ["+2h", 7_200_000],
  ["2.3s", 2300],
  ["8388608.367s", 8_388_608_367],
  ["0.1ms0.9ms", 1],
  ["1000us", 1],
  ["2000\u00B5s", 2],
  ["3000\u03BCs", 3],
  ["5000000ns", 5],
  ["0s", 0],
  ["0", 0],
];

for (const [text, ms] of durations)
  test(`settings › reads ${text} as ${ms} ms`, () => {
    assert.deepEqual(parseDuration(text), { value: ms });
  });

const notDurations: readonly [text: string, because: RegExp][] = [
  ["30", /needs a unit, e\.g\. 30s/],
  ["1.5", /needs a unit, e\.g\. 1\.5s/],
  ["-5s", /is negative/],
  ["1500us", /whole number of milliseconds/],
  ["0.5ms", /whole number of milliseconds/],
  ["", /is not a duration such as/],
  ["s", /is not a duration such as/],
  [".s", /is not a duration such as/],
  ["1d", /is not a duration such as/],
  ["30S", /is not a duration such as/],
  ["30 s", /is not a duration such as/],
  ["1,5s", /is not a duration such as/],
  ["1m30", /is not a duration such as/],
  ["1.2.3s", /is not a duration such as/],
  ["30s\n", /is not a duration such as/],
];

for (const [text, because] of notDurations)
  test(`settings › refuses ${JSON.stringify(text)} as a duration`, () => {
    assert.match(refusalOf(parseDuration(text)), because);
  });

test("settings › reads any duration of hours, minutes, seconds and milliseconds", () => {
  const part = fc.nat(10_000);
  fc.assert(
    fc.property(part, part, part, part, (h, m, s, ms) => {
      const total = h * 3_600_000 + m * 60_000 + s * 1000 + ms;
      assert.deepEqual(parseDuration(`${h}h${m}m${s}s${ms}ms`), { value: total });
      assert.deepEqual(parseDuration(`${(total / 1000).toFixed(3)}s`), { value: total });
    }),
  );
});

const sizes: readonly [text: string, bytes: number][] = [
  ["65536", 65_536],
  ["12B", 12],
  ["64KiB", 65_536],
  ["64kib", 65_536],
  ["64KB", 64_000],
  ["1MiB", 1_048_576],
  ["2MB", 2_000_000],
  ["1GiB", 1_073_741_824],
  ["0", 0],
];

for (const [text, bytes] of sizes)
  test(`settings › reads ${text} as ${bytes} bytes`, () => {
    assert.deepEqual(parseSize(text), { value: bytes });
  });

for (const text of ["", "KiB", "64K", "64 KiB", "1.5MiB", "-1", "1none", "0x10", "1e3"])
  test(`settings › refuses ${JSON.stringify(text)} as a size`, () => {
    assert.match(refusalOf(parseSize(text)), /is not a size such as 65536, 64KiB or 64KB/);
  });

test("settings › reads a whole number in digits only", () => {
  assert.deepEqual(parseCount("1000"), { value: 1000 });
  for (const text of ["", "-1", "+1", "1.0", "1e3", "0x10", " 1", "1_000", "١"])
    assert.equal(refusalOf(parseCount(text)), "is not a whole number", text);
});

function refusalOf(parsed: object): string {
  assert.ok("refusal" in parsed && typeof parsed.refusal === "string", JSON.stringify(parsed));
  return parsed.refusal;
}
