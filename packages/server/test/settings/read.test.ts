import assert from "node:assert/strict";
import test from "node:test";
import * as fc from "fast-check";
import { checkSettings } from "../../src/settings/checks.ts";
import { defaultSettings, readSettings } from "../../src/settings/read.ts";
import type { Environment, Reading } from "../../src/settings/read.ts";
import { rows } from "../../src/settings/rows.ts";
import type { Settings } from "../../src/settings/rows.ts";

test("settings › reads a flag as two words or as one", () => {
  assert.equal(settingsOf(["--seat-count", "3"]).seatCount, 3);
  assert.equal(settingsOf(["--seat-count=3"]).seatCount, 3);
});

test("settings › reads a variable of the environment", () => {
  assert.deepEqual(settingsOf([], { SIGNALS_ADDR: "[::1]:0" }).addr, { host: "::1", port: 0 });
});

test("settings › lets a flag win over its variable, even over a bad one", () => {
  assert.equal(settingsOf(["--seat-count", "3"], { SIGNALS_SEAT_COUNT: "4" }).seatCount, 3);
  assert.equal(settingsOf(["--seat-count", "3"], { SIGNALS_SEAT_COUNT: "many" }).seatCount, 3);
});

test("settings › takes an empty variable for an unset one", () => {
  assert.deepEqual(settingsOf([], { SIGNALS_SEAT_COUNT: "" }), defaultSettings);
});

test("settings › lets an empty --origin win over its variable", () => {
  assert.deepEqual(settingsOf(["--origin="], { SIGNALS_ORIGIN: "*" }).origin, []);
  assert.deepEqual(settingsOf(["--origin", ""], { SIGNALS_ORIGIN: "*" }).origin, []);
});

test("settings › leaves variables alone that belong to no setting", () => {
  assert.deepEqual(settingsOf([], { SIGNALS_PORT: "tcp://10.0.0.1:80", PATH: "x" }), defaultSettings);
});

test("settings › reads max-connections as auto or a number", () => {
  assert.equal(settingsOf(["--max-connections", "auto"]).maxConnections, undefined);
  assert.equal(settingsOf(["--max-connections", "1"]).maxConnections, 1);
});

test("settings › takes a switch's flag alone for true, whatever comes next", () => {
  assert.equal(settingsOf([]).demo, false);
  const { demo, seatCount } = settingsOf(["--demo", "--seat-count", "3"]);
  assert.deepEqual([demo, seatCount], [true, 3]);
  assert.deepEqual(problemsOf(["--demo", "tea"]), problemsOf(["tea"]));
});

test("settings › reads a switch that is given a value, by flag or by variable", () => {
  const switches = { true: true, 1: true, false: false, 0: false };
  for (const [text, demo] of Object.entries(switches)) {
    assert.equal(settingsOf([`--demo=${text}`], { SIGNALS_DEMO: String(!demo) }).demo, demo);
    assert.equal(settingsOf([], { SIGNALS_DEMO: text }).demo, demo);
  }
});

test("settings › lets the last of several switches count, since npm start gives one itself", () => {
  assert.equal(settingsOf(["--demo", "--demo=false"]).demo, false);
  assert.equal(settingsOf(["--demo", "--demo"]).demo, true);
});

test("settings › accepts timings down to 100 ms", () => {
  const timings = ["--seat-timeout=102ms", "--ws-read-timeout=101ms", "--ws-ping-interval=100ms"];
  const { seatTimeoutMs } = settingsOf([...timings, "--ws-join-timeout=100ms", "--request-timeout=100ms"]);
  assert.equal(seatTimeoutMs, 102);
});

test("settings › answers --help, -h and --version whatever else is given", () => {
  assert.deepEqual(readSettings(["--seat-count", "0", "--help"], {}), { kind: "help" });
  assert.deepEqual(readSettings(["-h"], {}), { kind: "help" });
  assert.deepEqual(readSettings(["--addr", "--version"], {}), { kind: "version" });
});

test("settings › says that ws-handshake-timeout has no effect, only when it is given", () => {
  const notice = "has no effect on this runtime; --ws-join-timeout bounds the wait for a handshake";
  assert.deepEqual(noticesOf([]), []);
  assert.deepEqual(noticesOf(["--ws-handshake-timeout", "0s"]), [`--ws-handshake-timeout ${notice}`]);
  assert.deepEqual(noticesOf([], { SIGNALS_WS_HANDSHAKE_TIMEOUT: "3s" }), [
    `SIGNALS_WS_HANDSHAKE_TIMEOUT ${notice}`,
  ]);
});

const refused: readonly [args: readonly string[], problem: string][] = [
  [["--seat-timeout", "30"], '--seat-timeout "30" needs a unit, e.g. 30s; give 100ms to 24h'],
  [["--seat-timeout=-5s"], '--seat-timeout "-5s" is negative; give 100ms to 24h'],
  [["--ws-join-timeout", "0s"], '--ws-join-timeout "0s" is too little; give 100ms to 1h'],
  [["--ws-join-timeout", "0"], '--ws-join-timeout "0" is too little; give 100ms to 1h'],
  [["--ws-join-timeout", "99ms"], '--ws-join-timeout "99ms" is too little; give 100ms to 1h'],
  [["--drain-timeout", "3601s"], '--drain-timeout "3601s" is too much; give 0s to 1h'],
  [["--seat-count", "0"], '--seat-count "0" is too little; give 1 to 1000'],
  [["--seat-count", "1001"], '--seat-count "1001" is too much; give 1 to 1000'],
  [["--seat-count="], '--seat-count "" is not a whole number; give 1 to 1000'],
  [["--max-connections", "all"], '--max-connections "all" is not a whole number; give auto, or 1 to 1048576'],
  [
    ["--body-limit", "64K"],
    '--body-limit "64K" is not a size such as 65536, 64KiB or 64KB; give 1KiB to 1MiB',
  ],
  [["--log-format", "xml"], '--log-format "xml" is not among the choices; give one of auto, text, json'],
  [["--demo=yes"], '--demo "yes" is neither on nor off; give true or false'],
  [["--demo="], '--demo "" is neither on nor off; give true or false'],
  [["--demos"], 'unknown flag "--demos"; did you mean --demo?'],
  [["--addr", "a\nb"], '--addr "a\\nb" is not an address; give :port for every interface, or host:port'],
  [["--addr"], "--addr has no value; give --addr <value>"],
  [["--addr", "--seat-count", "3"], "--addr has no value; give --addr <value>"],
  [["--addr", ":1", "--addr=:2"], "--addr is given more than once; give it once"],
  [["--adr", ":1"], 'unknown flag "--adr"; did you mean --addr?'],
  [["--seat_timeout=1s"], 'unknown flag "--seat_timeout"; did you mean --seat-timeout?'],
  [["--ping-interval", "1s"], 'unknown flag "--ping-interval"; did you mean --ws-ping-interval?'],
  [["-addr", ":1"], 'unknown flag "-addr"; did you mean --addr?'],
  [["-healthz-addr=:1"], 'unknown flag "-healthz-addr"; did you mean --healthz-addr?'],
  [["--versions"], 'unknown flag "--versions"; did you mean --version?'],
  [["--colour", "red"], 'unknown flag "--colour"; signals --help lists the flags'],
  [["--__proto__=1"], 'unknown flag "--__proto__"; signals --help lists the flags'],
  [["doctor"], 'unknown command "doctor"; signals --help lists what there is'],
  [["doctor", "now"], 'unknown command "doctor"; signals --help lists what there is'],
  [["--"], 'unknown flag "--"; signals --help lists the flags'],
  [[""], 'unknown command ""; signals --help lists what there is'],
];

for (const [args, problem] of refused)
  test(`settings › refuses ${JSON.stringify(args.join(" "))} in one line`, () => {
    assert.deepEqual(problemsOf(args), [problem]);
  });

const contradictions: readonly [args: readonly string[], problem: RegExp][] = [
  [
    ["--ws-ping-interval", "10s"],
    /^--ws-read-timeout \(default 10s\) must be more than --ws-ping-interval \(10s\), since .*; raise --ws-read-timeout or lower --ws-ping-interval$/,
  ],
  [["--seat-timeout", "10s"], /^--seat-timeout \(10s\) must be more than --ws-read-timeout \(default 10s\)/],
  [["--log-bytes", "65535"], /^--log-bytes \(65535\) must be at least --body-limit \(default 64KiB\)/],
  [
    ["--ws-send-buffer", "327679"],
    /^--ws-send-buffer \(327679\) must be at least --log-bytes \(default 256KiB\) plus --body-limit \(default 64KiB\), since .*; raise --ws-send-buffer or lower --log-bytes or --body-limit$/,
  ],
  [["--addr", ":8090"], /^--addr \(:8090\) and --healthz-addr \(default :8090\) would share a port/],
  [["--addr", "127.0.0.1:8090"], /would share a port/],
];

for (const [args, problem] of contradictions)
  test(`settings › refuses ${args.join(" ")} beside the other defaults`, () => {
    const [line = "", ...more] = problemsOf(args);
    assert.match(line, problem);
    assert.deepEqual(more, []);
  });

test("settings › accepts sizes that just fit each other", () => {
  const { wsSendBufferBytes } = settingsOf(["--log-bytes=64KiB", "--ws-send-buffer=128KiB"]);
  assert.equal(wsSendBufferBytes, 131_072);
});

test("settings › accepts one port on two hosts, and any free port twice", () => {
  settingsOf(["--addr", "127.0.0.1:80", "--healthz-addr", "127.0.0.2:80"]);
  settingsOf(["--addr", ":0", "--healthz-addr", ":0"]);
});

test("settings › names the variable where the value came from one", () => {
  assert.deepEqual(problemsOf([], { SIGNALS_SEAT_TIMEOUT: "30" }), [
    'SIGNALS_SEAT_TIMEOUT "30" needs a unit, e.g. 30s; give 100ms to 24h',
  ]);
  assert.match(
    problemsOf([], { SIGNALS_SEAT_TIMEOUT: "5s" }).join("\n"),
    /^SIGNALS_SEAT_TIMEOUT \(5s\) must be more than --ws-read-timeout \(default 10s\), .*; raise SIGNALS_SEAT_TIMEOUT or/,
  );
});

test("settings › tells all that is wrong at once", () => {
  const args = ["--seat-count", "0", "--adr", ":1", "frob", "--ws-ping-interval", "10s", "--origin"];
  const problems = problemsOf(args, { SIGNALS_ADDR: "8080" }).map((line) => line.split(/[ ;]/, 3).join(" "));
  assert.deepEqual(problems, [
    'unknown flag "--adr"',
    "--origin has no",
    'unknown command "frob"',
    'SIGNALS_ADDR "8080" has',
    '--seat-count "0" is',
    "--ws-read-timeout (default 10s)",
  ]);
});

test("settings › does not compare a setting that could not be read", () => {
  assert.equal(problemsOf(["--seat-timeout", "1"]).length, 1);
});

test("settings › never throws, and tells each problem on one short line", () => {
  const flag = fc.constantFrom(...rows.map((row) => `--${row.flag}`), "--", "-x", "--x");
  const value = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.constantFrom("1s", "1", "*", ":0"),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(flag, value)), fc.option(value, { nil: undefined }), (args, origin) => {
      const reading = readSettings(args, { SIGNALS_ORIGIN: origin });
      if (reading.kind === "problems")
        for (const line of reading.problems) assert.match(line, /^[^\n]{10,1000}$/);
    }),
  );
});

test("settings › checks settings that come from code by their own names", () => {
  assert.deepEqual(checkSettings(defaultSettings), []);
  assert.match(
    checkSettings({ ...defaultSettings, seatTimeoutMs: 5 }).join("\n"),
    /^seatTimeoutMs \(5\) must be more than wsReadTimeoutMs \(10000\)/,
  );
});

function problemsOf(args: readonly string[], env: Environment = {}): readonly string[] {
  const reading = readSettings(args, env);
  assert.ok(reading.kind === "problems", JSON.stringify(reading));
  return reading.problems;
}

function settingsOf(args: readonly string[], env: Environment = {}): Settings {
  return accepted(args, env).settings;
}

function noticesOf(args: readonly string[], env: Environment = {}): readonly string[] {
  return accepted(args, env).notices;
}

function accepted(args: readonly string[], env: Environment): Extract<Reading, { kind: "settings" }> {
  const reading = readSettings(args, env);
  assert.ok(reading.kind === "settings", JSON.stringify(reading));
  return reading;
}
