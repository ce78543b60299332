import assert from "node:assert/strict";
import test from "node:test";
import { helpText } from "../../src/settings/help.ts";
import { defaultSettings } from "../../src/settings/read.ts";
import { envOf } from "../../src/settings/row.ts";
import { rows } from "../../src/settings/rows.ts";

const units = new Map([
  ["<duration>", "Ms"],
  ["<size>", "Bytes"],
]);

for (const row of rows)
  test(`settings › names --${row.flag} after its flag and its unit`, () => {
    const camel = row.flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const unit = units.get(row.codec.placeholder) ?? "";
    assert.equal(row.name, camel.endsWith(unit) ? camel : `${camel}${unit}`);
  });

test("settings › has one setting to a flag", () => {
  assert.equal(new Set(rows.map((row) => row.flag)).size, rows.length);
});

test("settings › keeps the names and defaults the seed gives", () => {
  const [addr, healthzAddr] = rows;
  assert.deepEqual([addr.flag, envOf(addr), addr.default], ["addr", "SIGNALS_ADDR", ":8080"]);
  assert.deepEqual(
    [healthzAddr.flag, envOf(healthzAddr), healthzAddr.default],
    ["healthz-addr", "SIGNALS_HEALTHZ_ADDR", ":8090"],
  );
});

test("settings › has defaults in the units of their names", () => {
  assert.deepEqual(defaultSettings, {
    addr: { port: 8080 },
    healthzAddr: { port: 8090 },
    origin: [],
    demo: false,
    redisAddr: undefined,
    redisSentinel: [],
    redisMaster: undefined,
    redisPassword: "",
    redisPasswordFile: "",
    redisPrefix: "signals",
    redisProbeIntervalMs: 1000,
    seatCount: 2,
    seatTimeoutMs: 30_000,
    wsHandshakeTimeoutMs: 0,
    wsJoinTimeoutMs: 5000,
    wsPingIntervalMs: 5000,
    wsReadTimeoutMs: 10_000,
    wsSendBufferBytes: 1_048_576,
    bodyLimitBytes: 65_536,
    logEntries: 256,
    logBytes: 262_144,
    requestTimeoutMs: 10_000,
    maxConnections: undefined,
    drainTimeoutMs: 10_000,
    iceServers: [],
    turnUrl: [],
    turnSecret: "",
    turnSecretFile: "",
    turnTtlMs: 3_600_000,
    logLevel: "info",
    logFormat: "auto",
  });
});

test("settings › tells in --help each flag, its variable, its default and what it is for", () => {
  const words = helpText().replaceAll(/\s+/g, " ");
  for (const row of rows) {
    const takesNone = row.codec.bareFlag !== undefined;
    assert.ok(words.includes(takesNone ? ` --${row.flag} ${envOf(row)} ` : `--${row.flag} <`), row.flag);
    assert.ok(
      words.includes(` ${envOf(row)} ${row.default && `default ${row.default} `}${row.help}`),
      row.flag,
    );
  }
});

test("settings › keeps --help within 100 columns", () => {
  assert.deepEqual(
    helpText()
      .split("\n")
      .filter((line) => line.length > 100),
    [],
  );
});
