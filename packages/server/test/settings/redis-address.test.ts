import assert from "node:assert/strict";
import test from "node:test";
import { redisAddress } from "../../src/settings/codecs/redis-address.ts";
import { readSettings } from "../../src/settings/read.ts";

const plain = {
  host: "localhost",
  port: 6379,
  tls: false,
  username: undefined,
  password: undefined,
  database: 0,
};

const targets: readonly (readonly [text: string, target: object])[] = [
  ["localhost:6379", plain],
  ["localhost", plain],
  ["10.0.0.1:7000", { ...plain, host: "10.0.0.1", port: 7000 }],
  ["[::1]:7000", { ...plain, host: "::1", port: 7000 }],
  ["redis://localhost", plain],
  ["redis://localhost:6380/3", { ...plain, port: 6380, database: 3 }],
  ["redis://:p%40ss@localhost", { ...plain, password: "p@ss" }],
  [
    "rediss://me:secret@redis.example:6380/1",
    { host: "redis.example", port: 6380, tls: true, username: "me", password: "secret", database: 1 },
  ],
];

for (const [text, target] of targets) {
  test(`settings › --redis-addr reads ${text}`, () =>
    assert.deepEqual(redisAddress.parse(text), { value: target }));
}

for (const text of [
  "http://localhost",
  "redis://",
  "redis://localhost/x",
  "redis://localhost?db=1",
  "localhost:port",
  "redis://%ff@h",
]) {
  test(`settings › --redis-addr refuses ${text}`, () => assert.ok("refusal" in redisAddress.parse(text)));
}

test("settings › never shows a password that stands in a refused address", () => {
  const reading = readSettings(["--redis-addr", "redis://me:hunter2@localhost/x"], {});
  assert.ok(reading.kind === "problems");
  assert.match(reading.problems.join(), /redis-addr .*names no database/);
  assert.ok(!reading.problems.join().includes("hunter2"));
});

test("settings › --redis-prefix takes no braces, which would part a call's keys", () => {
  const reading = readSettings(["--redis-prefix", "a{b}"], {});
  assert.ok(reading.kind === "problems");
});
