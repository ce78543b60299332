import assert from "node:assert/strict";
import test from "node:test";
import { origins } from "../../src/settings/codecs/origins.ts";

const lists: readonly [text: string, value: unknown][] = [
  ["", []],
  [" ", []],
  ["*", "*"],
  ["https://example.com", ["https://example.com"]],
  ["https://a.example, http://b.example:8080", ["https://a.example", "http://b.example:8080"]],
  ["HTTPS://Example.COM", ["https://example.com"]],
  ["https://example.com:443,http://example.com:80", ["https://example.com", "http://example.com"]],
  ["http://example.com:443", ["http://example.com:443"]],
  ["http://[::1]:3000", ["http://[::1]:3000"]],
  ["https://b\u00FCcher.example", ["https://xn--bcher-kva.example"]],
  ["capacitor://localhost", ["capacitor://localhost"]],
  ["chrome-extension://ABCdef", ["chrome-extension://abcdef"]],
];

for (const [text, value] of lists)
  test(`settings › reads the origins ${JSON.stringify(text)}`, () => {
    assert.deepEqual(origins.parse(text), { value });
  });

const notOrigins: readonly [text: string, because: RegExp][] = [
  ["https://example.com/", /^ends in a slash; give "https:\/\/example\.com"$/],
  ["https://example.com/app", /^has more than scheme, host and port; give "https:\/\/example\.com"$/],
  ["https://example.com?x", /^has more than scheme, host and port/],
  ["https://example.com#x", /^has more than scheme, host and port/],
  ["https://a.example,https://b.example/", /^holds "https:\/\/b\.example\/", which ends in a slash/],
  ["https://a.example,", /^holds "", which is not an origin/],
  ["https://a.example,*", /^holds "\*", which allows every origin; give it alone/],
  ["https://*.example.com", /^is a pattern; list each origin/],
  ["null", /^is what anyone's sandboxed page sends/],
  ["NULL", /^is what anyone's sandboxed page sends/],
  ["example.com", /^is not an origin; give scheme:\/\/host/],
  ["localhost:8080", /^is not an origin/],
  ["//example.com", /^is not an origin/],
  ["https://", /^is not an origin/],
  ["file://", /^is not an origin/],
  ["https://user@example.com", /^is not an origin/],
  ["https://example.com:99999", /^is not an origin/],
  ["https://a.example https://b.example", /^is not an origin/],
];

for (const [text, because] of notOrigins)
  test(`settings › refuses ${JSON.stringify(text)} as origins`, () => {
    const parsed = origins.parse(text);
    assert.ok("refusal" in parsed, JSON.stringify(parsed));
    assert.match(parsed.refusal, because);
  });
