import assert from "node:assert/strict";
import test from "node:test";
import { redisMaster } from "../../src/settings/codecs/redis-master.ts";
import { sentinels } from "../../src/settings/codecs/sentinels.ts";
import { readSettings } from "../../src/settings/read.ts";

const plain = { tls: false, username: undefined, password: undefined, database: 0 };

test("settings › --redis-sentinel reads a list, each item like --redis-addr, on Sentinel's own port", () => {
  assert.deepEqual(sentinels.parse("10.0.0.1:7000, sentinel,rediss://me:p%2Css@[::1]"), {
    value: [
      { ...plain, host: "10.0.0.1", port: 7000 },
      { ...plain, host: "sentinel", port: 26_379 },
      { tls: true, host: "::1", port: 26_379, username: "me", password: "p,ss", database: 0 },
    ],
  });
  assert.deepEqual(sentinels.parse(""), { value: [] });
});

for (const text of ["a,", "a:port", "http://a", "redis://a/1", "a,redis://%ff@b"]) {
  test(`settings › --redis-sentinel refuses ${text}`, () => assert.ok("refusal" in sentinels.parse(text)));
}

test("settings › --redis-master reads a name, alone or in a URL with user, password and database", () => {
  assert.deepEqual(redisMaster.parse("my_Master-1.0"), { value: { ...plain, name: "my_Master-1.0" } });
  assert.deepEqual(redisMaster.parse("rediss://me:secret@mymaster/3"), {
    value: { tls: true, name: "mymaster", username: "me", password: "secret", database: 3 },
  });
});

for (const text of ["mymaster:6379", "redis://mymaster:6379", "my master", "a,b", "[::1]", "redis://"]) {
  test(`settings › --redis-master refuses ${text}`, () => assert.ok("refusal" in redisMaster.parse(text)));
}

const contradictions: readonly [args: readonly string[], problem: string][] = [
  [
    ["--redis-sentinel", "a"],
    "--redis-sentinel needs the name that the Sentinels know Redis by; give --redis-master too",
  ],
  [["--redis-master", "m"], "--redis-master has nobody to ask; give --redis-sentinel too"],
  [
    ["--redis-sentinel", "a", "--redis-master", "m", "--redis-addr", "b"],
    "--redis-sentinel says where Redis is, and so does --redis-addr; give one of them",
  ],
];

for (const [args, problem] of contradictions) {
  test(`settings › refuses ${args.join(" ")} in one line`, () =>
    assert.deepEqual(problemsOf(args), [problem]));
}

test("settings › never shows a password that stands in a refused list or name", () => {
  const list = problemsOf(["--redis-sentinel", "redis://:hunter2@a/1,redis://:hunter3@b/1"]);
  assert.match(list.join("\n"), /^--redis-sentinel "redis:\/\/…@a\/1,.* holds "redis:\/\/…@a\/1", which/);
  const name = problemsOf(["--redis-sentinel", "a", "--redis-master", "redis://me:hunter4@m:1"]);
  assert.match(name.join("\n"), /^--redis-master "redis:\/\/…@m:1" is not a master's name/);
  assert.doesNotMatch([...list, ...name].join("\n"), /hunter/);
});

function problemsOf(args: readonly string[]): readonly string[] {
  const reading = readSettings(args, {});
  return reading.kind === "problems" ? reading.problems : [];
}
