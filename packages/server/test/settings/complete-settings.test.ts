import assert from "node:assert/strict";
import test from "node:test";
import { completeSettings } from "../../src/settings/complete-settings.ts";
import { defaultSettings } from "../../src/settings/read.ts";

test("embedding › nothing given is every default, and every default can be given", () => {
  assert.deepEqual(completeSettings({}), defaultSettings);
  assert.deepEqual(completeSettings({ ...defaultSettings }), defaultSettings);
});

test("embedding › a setting may be given as its value or as the text of its flag", () => {
  const values = {
    addr: { port: 9000 },
    seatTimeoutMs: 20_000,
    origin: ["https://a.test"],
    maxConnections: 7,
    demo: true,
  };
  const texts = {
    addr: ":9000",
    seatTimeoutMs: "20s",
    origin: "https://a.test",
    maxConnections: "7",
    demo: "true",
  };
  assert.deepEqual(completeSettings(values), completeSettings(texts));
  assert.deepEqual(completeSettings({ addr: { host: "::1", port: 0 } }).addr, { host: "::1", port: 0 });
  assert.equal(completeSettings({ redisAddr: "127.0.0.1:6379" }).redisAddr?.port, 6379);
  assert.equal(completeSettings({ origin: "*" }).origin, "*");
  const redisMaster = "mymaster";
  const byText = completeSettings({ redisSentinel: "a:1,b:2", redisMaster });
  assert.deepEqual(completeSettings({ redisSentinel: byText.redisSentinel, redisMaster }), byText);
  assert.deepEqual(completeSettings({ ...byText }), byText);
});

test("embedding › everything that is wrong is thrown at once, a line each", () => {
  const wrong: object = {
    seatcount: 3,
    addr: 8080,
    seatCount: 0,
    bodyLimitBytes: Number.NaN,
    logLevel: "loud",
    origin: ["https://a.test/path"],
    wsPingIntervalMs: 1.5,
    iceServers: 5,
    demo: "yes",
    redisAddr: { nonsense: 1 },
    redisSentinel: [{ host: "a" }],
    redisMaster: 7,
  };
  assert.throws(
    () => completeSettings(wrong),
    (error) => {
      assert.ok(error instanceof TypeError);
      const lines = error.message.split("\n");
      for (const name of Object.keys(wrong))
        assert.ok(
          lines.some((line) => line.startsWith(`${name} `)),
          name,
        );
      assert.match(error.message, /seatcount is no setting; did you mean seatCount\?/);
      return true;
    },
  );
});

test("embedding › never shows a password that stands in a refused value", () => {
  const access = { host: 5, username: "ann", password: "hunter1" };
  const wrong: object = {
    redisAddr: access,
    redisSentinel: [{ host: "a", port: 1 }, access],
    redisMaster: "redis://:hunter2@m:1",
    iceServers: [{ urls: "stun:a", username: "ann", credential: { hunter3: true } }],
  };
  assert.throws(
    () => completeSettings(wrong),
    (error) => {
      assert.ok(error instanceof TypeError);
      assert.equal(error.message.split("\n").filter((line) => /^(redis|ice)/.test(line)).length, 4);
      assert.doesNotMatch(error.message, /hunter/);
      return true;
    },
  );
});
