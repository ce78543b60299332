import assert from "node:assert/strict";
import test from "node:test";
import { address } from "../../src/settings/codecs/address.ts";

const addresses: readonly [text: string, address: object][] = [
  [":8080", { port: 8080 }],
  [":0", { port: 0 }],
  [":65535", { port: 65_535 }],
  ["127.0.0.1:9000", { host: "127.0.0.1", port: 9000 }],
  ["localhost:0", { host: "localhost", port: 0 }],
  ["signals-1.example.com:80", { host: "signals-1.example.com", port: 80 }],
  ["[::1]:0", { host: "::1", port: 0 }],
  ["[::]:8080", { host: "::", port: 8080 }],
];

for (const [text, value] of addresses)
  test(`settings › reads the address ${text}`, () => {
    assert.deepEqual(address.parse(text), { value });
  });

const notAddresses: readonly [text: string, because: RegExp][] = [
  ["8080", /has no colon; give :8080 for every interface/],
  ["::1", /has no brackets; give \[::1\]:port/],
  ["::1:8080", /has no brackets/],
  ["[localhost]:80", /is not an address; give :port/],
  ["localhost", /is not an address; give :port/],
  ["", /is not an address; give :port/],
  [":", /is not an address; give :port/],
  [":http", /is not an address; give :port/],
  [":-1", /is not an address; give :port/],
  ["http://localhost:8080", /is not an address; give :port/],
  ["a b:80", /is not an address; give :port/],
  [":65536", /has a port above 65535/],
];

for (const [text, because] of notAddresses)
  test(`settings › refuses ${JSON.stringify(text)} as an address`, () => {
    const parsed = address.parse(text);
    assert.ok("refusal" in parsed, JSON.stringify(parsed));
    assert.match(parsed.refusal, because);
  });
