import assert from "node:assert/strict";
import test from "node:test";
import { greeting, nextTick, step } from "../../../src/calls/presence/presence.ts";
import {
  type Row,
  attachAt,
  eventAt,
  narrow,
  ok,
  pong,
  presenceTable,
  receive,
  renewed,
  options,
  run,
  seatedAt,
  skew,
  tick,
} from "./presence-steps.ts";

presenceTable([
  {
    title: "handshake › none in time closes",
    events: [tick(5000)],
    done: ["close handshake timeout"],
    phase: "closing",
  },
  {
    title: "handshake › a tick before the deadline changes nothing",
    events: [tick(4999)],
    done: [],
    phase: "greeting",
  },
  {
    title: "handshake › one in time attaches, and its deadline no longer counts",
    events: [{ type: "handshake", resumeAfter: 7 }, tick(9000)],
    done: ["attach"],
    phase: "attaching",
  },
  {
    title: "handshake › a refusal closes with its reason",
    events: [
      { type: "handshake", resumeAfter: 7 },
      { type: "refused", reason: "bad seat" },
    ],
    done: ["attach", "close bad seat"],
    phase: "closing",
  },
  {
    title:
      "promise 9 › WELCOME goes out first, then the replay, without the session's own echo or what was before its join",
    events: [
      { type: "handshake", resumeAfter: undefined },
      attachAt(0, { events: [eventAt(3, 0), eventAt(4, 0, 3), eventAt(5, 0)] }),
    ],
    done: ["attach", "welcome", "send 5"],
    phase: "seated",
  },
  {
    title: "promise 7 › an event already sent, by replay or before, is not sent again",
    from: seatedAt(0),
    events: [receive(5, 1), receive(6, 1), receive(6, 1), receive(7, 1)],
    done: ["send 6", "send 7"],
    phase: "seated",
  },
  {
    title: "ping › one an interval after WELCOME",
    from: seatedAt(0),
    events: [tick(4999), tick(5000)],
    done: ["ping 1"],
    phase: "seated",
  },
  {
    title: "promise 4 › an event not yet proven is followed by a ping within a second",
    from: seatedAt(0),
    events: [receive(6, 100), tick(1100)],
    done: ["send 6", "ping 1"],
    phase: "seated",
  },
  {
    title:
      "promise 12 › a pong that answers an outstanding ping renews from its own time, with what it proves",
    from: seatedAt(0),
    events: [receive(6, 100), tick(1100), receive(7, 1150), pong(1, 1200)],
    done: ["send 6", "ping 1", "send 7", "renew 1200 6"],
    phase: "seated",
  },
  {
    title: "pong › one that answers no outstanding ping proves and renews nothing",
    from: seatedAt(0),
    events: [tick(5000), pong(2, 5001), pong(0, 5001), pong(Number.NaN, 5001), pong(1, 5002), pong(1, 5003)],
    done: ["ping 1", "renew 5002 5"],
    phase: "seated",
  },
  {
    title: "pong › none within the read timeout closes, from WELCOME on",
    from: seatedAt(0),
    events: [tick(5000), tick(9999), tick(10_000)],
    done: ["ping 1", "close pong timeout"],
    phase: "closing",
  },
  {
    title:
      "pong › none is missed by a process that stood still and did not ask: it asks, and waits the whole time again",
    from: seatedAt(0),
    events: [tick(5000), pong(1, 5001), tick(16_000), tick(21_000), tick(25_999), tick(26_000)],
    done: ["ping 1", "renew 5001 5", "ping 2", "ping 3", "close pong timeout"],
    phase: "closing",
  },
  {
    title: "renewal › one at a time, and what comes meanwhile goes out next, merged",
    from: seatedAt(0),
    events: [
      tick(5000),
      pong(1, 5001),
      tick(10_000),
      pong(2, 10_001),
      renewed(ok(35_000, 5001), 5001, 10_002),
    ],
    done: ["ping 1", "renew 5001 5", "ping 2", "renew 10001 5"],
    phase: "seated",
  },
  {
    title: "renewal › unanswered, it is tried again with its proof until the lease ends here",
    from: seatedAt(0),
    events: [tick(5000), pong(1, 5001), { type: "unrenewed", now: 5002 }, tick(6251), tick(6252)],
    done: ["ping 1", "renew 5001 5", "renew 5001 5"],
    phase: "seated",
  },
  {
    title: "promise 11 › a websocket is closed when its lease ends by the process's own clock",
    from: run([pong(1, 29_999)], { ...narrow(seatedAt(0)), pings: [{ number: 1, lastEvent: 5 }] })[0],
    events: [{ type: "unrenewed", now: 29_999 }, tick(29_999.9), tick(30_000)],
    done: ["ping 1", "close backend failure"],
    phase: "closing",
  },
  ...(["gone", "left", "replaced"] as const).map((word): Row => ({
    title: `promise 11 › a renewal answered ${word} closes`,
    from: seatedAt(0),
    events: [tick(5000), pong(1, 5001), renewed({ word, now: skew + 5002 }, 5001, 5002)],
    done: ["ping 1", "renew 5001 5", `close ${word === "gone" ? "seat renewal failure" : word}`],
    phase: "closing",
  })),
]);

test("presence › the next tick is never later than anything waited for", () => {
  assert.equal(nextTick(greeting(10, 5000), options), 5010);
  assert.equal(nextTick({ phase: "attaching" }, options), Infinity);
  assert.equal(nextTick(seatedAt(0), options), 5000);
  assert.equal(nextTick(run([receive(6, 100)], seatedAt(0))[0], options), 1100);
  const parting = run(
    [tick(5000), pong(1, 5001), renewed({ ...ok(35_000, 5002), word: "lost" }, 5001, 5002)],
    seatedAt(0),
  )[0];
  assert.equal(nextTick(parting, options), 6002);
});

test("presence › pings that are never answered are kept to a bound", () => {
  let state = seatedAt(0);
  for (let i = 1; i <= 200; i += 1)
    [state] = step({ ...narrow(state), seenAt: i * 5000, leaseEndsAt: Infinity }, tick(i * 5000), options);
  assert.ok(narrow(state).pings.length <= 32);
});
