import assert from "node:assert/strict";
import test from "node:test";
import { iceServers } from "../../src/settings/codecs/ice-servers.ts";
import { isIceUrl } from "../../src/settings/codecs/ice-url.ts";
import { turnUrls } from "../../src/settings/codecs/turn-urls.ts";
import { readSettings } from "../../src/settings/read.ts";

const secret = { SIGNALS_TURN_SECRET: "s3cret" };

const urls = `stun:a.example stuns:a.example:5349 turn:a.example turn:10.0.0.1:3478 turn:[::1]:3478
  turns:a.example:443?transport=tcp turn:a.example?transport=udp TURN:A.example stun:[2001:db8::1] stun:a_b-c`;

test("settings › takes the URLs that browsers take for STUN and TURN", () => {
  for (const url of urls.split(/\s+/)) assert.ok(isIceUrl(url), url);
});

const notUrls = `a.example stun: stun://a.example turn://a.example:3478 http://a.example stun:a.example/x
  stun:a.example:0 stun:a.example:65536 stun:a.example:port stun:a.example?transport=udp turn:a.example?transport=tls
  turn:a.example?x turn:[a.example] turn:::1 turn:user:pass@a.example turn:user@a.example stun:a.example, tURN`;

test("settings › refuses the URLs that browsers refuse for STUN and TURN", () => {
  for (const url of notUrls.split(/\s+/)) assert.ok(!isIceUrl(url), url);
});

test("settings › reads TURN URLs, comma-separated", () => {
  assert.deepEqual(turnUrls.parse(""), { value: [] });
  assert.deepEqual(turnUrls.parse(" turn:a.example , turns:a.example:443?transport=tcp"), {
    value: ["turn:a.example", "turns:a.example:443?transport=tcp"],
  });
});

test("settings › reads ICE servers from JSON, or takes the path of a file", () => {
  const given = [
    { urls: "stun:a.example" },
    { urls: ["turn:b.example", "stun:b.example"], username: "ann", credential: "x" },
  ];
  assert.deepEqual(iceServers.parse(""), { value: [] });
  assert.deepEqual(iceServers.parse("[]"), { value: [] });
  assert.deepEqual(iceServers.parse(` ${JSON.stringify(given)}\n`), { value: given });
  assert.deepEqual(iceServers.parse("/etc/signals/ice.json"), { value: { file: "/etc/signals/ice.json" } });
});

const refused: readonly [args: readonly string[], problem: RegExp][] = [
  [["--turn-url", "turn.example"], /^--turn-url "turn\.example" is no TURN URL; give turn:host:port or/],
  [["--turn-url", "stun:a.example"], /^--turn-url "stun:a\.example" is no TURN URL/],
  [["--turn-url", "turn:a,,turn:b"], /^--turn-url "turn:a,,turn:b" holds "", which is no TURN URL/],
  [["--turn-ttl", "59s"], /^--turn-ttl "59s" is too little; give 1m to 24h$/],
  [["--turn-ttl", "25h"], /^--turn-ttl "25h" is too much; give 1m to 24h$/],
  [
    ["--turn-url", "turn:a"],
    /^--turn-url needs the secret shared with that server; give --turn-secret-file or --turn-secret too$/,
  ],
  [["--turn-secret", "hush"], /^--turn-secret has no server to share it with; give --turn-url too$/],
  [["--turn-secret-file", "/x"], /^--turn-secret-file has no server to share it with; give --turn-url too$/],
];

for (const [args, problem] of refused)
  test(`settings › refuses ${args.join(" ")} in one line`, () => {
    const [line = "", ...more] = problemsOf(args);
    assert.match(line, problem);
    assert.deepEqual(more, []);
    assert.ok(!line.includes("hush"));
  });

const wrongServers: readonly [json: string, because: RegExp][] = [
  ["{}", /is no array; give \[\{"urls"/],
  ['"stun:a"', /is no array/],
  ['[{"urls":"stun:a"} {}]', /is not valid JSON at position \d+ \(line 1 column \d+\)$/],
  ["'[]'", /is not valid JSON$/],
  ["[7]", /is wrong at server 1, which is no object/],
  ['[{"urls":"stun:a"},[]]', /is wrong at server 2, which is no object/],
  ["[null]", /is no object/],
  ["[{}]", /has no urls/],
  ['[{"urls":[]}]', /has no urls/],
  ['[{"urls":["stun:a",7]}]', /has no urls/],
  ['[{"url":"stun:a"}]', /has "url"; give urls, username, credential and nothing else/],
  ['[{"urls":"stun://a"}]', /has the URL "stun:\/\/a"; give stun:/],
  ['[{"urls":"turn:ann:hush@a"}]', /has the URL "turn:…@a"; give/],
  ['[{"urls":"stun:a","username":7}]', /has a username that is no string/],
  ['[{"urls":"stun:a","credential":{"hush":1}}]', /has a credential that is no string/],
  ['[{"urls":"turn:a"}]', /needs a username and a credential; time-limited ones are made by --turn-url/],
  ['[{"urls":["stun:a","turn:a"],"username":"ann"}]', /needs a username and a credential/],
  ['[{"urls":"turns:a","username":"","credential":"hush"}]', /needs a username and a credential/],
];

for (const [json, because] of wrongServers)
  test(`settings › refuses the ICE servers ${json} in one line that shows none of them`, () => {
    const [line = "", ...more] = problemsOf(["--ice-servers", json]);
    assert.match(line, because);
    assert.match(line, /^--ice-servers \(hidden\) /);
    assert.deepEqual(more, []);
    assert.ok(!line.includes("hush"));
  });

test("settings › takes the TURN secret from the environment", () => {
  const reading = readSettings(["--turn-url", "turn:a"], secret);
  assert.ok(reading.kind === "settings");
  assert.equal(reading.settings.turnSecret, "s3cret");
});

test("settings › never shows the TURN secret", () => {
  assert.deepEqual(problemsOf([], secret), [
    "SIGNALS_TURN_SECRET has no server to share it with; give --turn-url too",
  ]);
});

function problemsOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): readonly string[] {
  const reading = readSettings(args, env);
  assert.ok(reading.kind === "problems", JSON.stringify(reading));
  return reading.problems;
}
