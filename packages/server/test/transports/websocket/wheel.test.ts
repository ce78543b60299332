import assert from "node:assert/strict";
import test from "node:test";
import { Wheel, type WheelEntry } from "../../../src/transports/websocket/wheel.ts";

interface Named extends WheelEntry {
  readonly name: string;
}

const entry = (name: string): Named => ({ name, dueSlot: Infinity });

/** Advances the clock and the timers together, a grain at a time. */
function pass(t: { mock: { timers: { tick(ms: number): void } } }, clock: { now: number }, ms: number): void {
  for (let passed = 0; passed < ms; passed += 10) {
    clock.now += 10;
    t.mock.timers.tick(10);
  }
}

test("wheel › calls each entry at or soon after its time, once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setImmediate"] });
  const clock = { now: 1234 };
  const called: string[] = [];
  const wheel = new Wheel<Named>(
    10,
    () => clock.now,
    ({ name }, now) => called.push(`${name} ${now}`),
  );
  wheel.schedule(entry("late"), 1301);
  wheel.schedule(entry("soon"), 1240);
  wheel.schedule(entry("past"), 5);
  wheel.schedule(entry("never"), Infinity);
  pass(t, clock, 200);
  assert.deepEqual(called, ["soon 1244", "past 1244", "late 1314"]);
});

test("wheel › an entry that moves earlier is called then; one that moves later is looked at early and asked again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setImmediate"] });
  const clock = { now: 0 };
  const called: number[] = [];
  const moving = entry("moving");
  const wheel = new Wheel<Named>(
    10,
    () => clock.now,
    (_, now) => called.push(now),
  );
  wheel.schedule(moving, 500);
  wheel.schedule(moving, 100);
  wheel.schedule(moving, 900);
  pass(t, clock, 1000);
  assert.deepEqual(called, [100]);
  wheel.schedule(moving, 1500);
  pass(t, clock, 1000);
  assert.deepEqual(called, [100, 1500]);
});

test("wheel › promise 14 › at rest it holds no timer", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setImmediate"] });
  const clock = { now: 0 };
  const counted = new Set<unknown>();
  const wheel = new Wheel<Named>(
    10,
    () => clock.now,
    (due) => counted.add(due),
  );
  wheel.schedule(entry("one"), 50);
  pass(t, clock, 100);
  assert.equal(counted.size, 1);
  const asked = t.mock.method(globalThis, "setTimeout");
  pass(t, clock, 1000);
  assert.equal(asked.mock.callCount(), 0);
});

test("wheel › after a pause of the process what came meanwhile is read before deadlines count", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setImmediate"] });
  const clock = { now: 0 };
  const order: string[] = [];
  const wheel = new Wheel<Named>(
    10,
    () => clock.now,
    () => order.push("due"),
  );
  wheel.schedule(entry("one"), 100);
  clock.now = 5000;
  setImmediate(() => order.push("read"));
  t.mock.timers.tick(10);
  t.mock.timers.tick(0);
  assert.deepEqual(order, ["read", "due"]);
});

test("wheel › promise 12 › entries of one slot are all called when the turn comes late and the first asks again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setImmediate"] });
  const clock = { now: 0 };
  const called: string[] = [];
  const wheel = new Wheel<Named>(
    10,
    () => clock.now,
    (due, now) => {
      called.push(due.name);
      wheel.schedule(due, now + 100);
    },
  );
  wheel.schedule(entry("a"), 20);
  wheel.schedule(entry("b"), 20);
  pass(t, clock, 10);
  // One turn that is more than a grain late.
  clock.now += 21;
  t.mock.timers.tick(10);
  pass(t, clock, 500);
  assert.ok(called.filter((name) => name === "b").length >= 3, called.join());
});
