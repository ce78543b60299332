import assert from "node:assert/strict";
import test from "node:test";
import type { Attached, RenewReply } from "../../src/calls/backend.ts";
import type { CallEvent } from "../../src/calls/envelope.ts";
import { greeting, nextTick, step } from "../../src/calls/presence.ts";
import type { Effect, Presence, PresenceEvent } from "../../src/calls/presence-state.ts";

const rules = { pingIntervalMs: 5000, readTimeoutMs: 10_000 };
const lease = 30_000;
/** The backend's clock is this far ahead of the process's own. */
const skew = 1_000_000;

const place: Attached = {
  epoch: 500,
  from: 3,
  head: 5,
  version: 2,
  gen: 1,
  ord: 3,
  till: skew + lease,
  recovered: true,
  log: [],
};

function eventAt(n: number, at: number, from = 1): CallEvent {
  return {
    kind: "OFFER",
    epoch: 500,
    n,
    version: 2,
    from,
    at: skew + at,
    trace: "",
    body: Buffer.from('"b"'),
  };
}

const ok = (till: number, now: number): RenewReply & { readonly word: "ok" } => {
  return { word: "ok", epoch: 500, head: 9, version: 2, till: skew + till, now: skew + now };
};

/** Runs events through the machine and answers the last state and everything that was to be done. */
function run(events: readonly PresenceEvent[], from: Presence = greeting(0, 5000)): [Presence, Effect[]] {
  const effects: Effect[] = [];
  let state = from;
  for (const event of events) {
    const [next, ...more] = step(state, event, rules);
    state = next;
    effects.push(...more);
  }
  return [state, effects];
}

const attachAt = (
  now: number,
  more: Partial<Extract<PresenceEvent, { type: "attached" }>> = {},
): PresenceEvent => {
  return { type: "attached", place, leaseLeftMs: lease, events: [], sentAt: now, now, jitter: 0.5, ...more };
};
const seatedAt = (now: number): Presence => run([{ type: "handshake", since: undefined }, attachAt(now)])[0];

/** What was done, as short words. */
function words(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    switch (effect.do) {
      case "send":
        return `send ${effect.event.n}`;
      case "ping":
        return `ping ${effect.number}`;
      case "renew":
        return `renew ${effect.seenAt} ${effect.cursor}`;
      case "close":
        return `close ${effect.reason}`;
      case "attach":
      case "welcome":
        return effect.do;
    }
  });
}

const tick = (now: number): PresenceEvent => ({ type: "tick", now });
const pong = (number: number, now: number): PresenceEvent => ({ type: "pong", number, now });
const renewed = (reply: RenewReply, sentAt: number, now: number): PresenceEvent => {
  return { type: "renewed", reply, sentAt, now };
};
const receive = (n: number, at: number, from?: number): PresenceEvent => {
  return { type: "event", event: eventAt(n, at, from), now: at };
};

interface Row {
  readonly title: string;
  readonly from?: Presence;
  readonly events: readonly PresenceEvent[];
  readonly done: readonly string[];
  readonly phase: Presence["phase"];
}

const table: readonly Row[] = [
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
    events: [{ type: "handshake", since: 7 }, tick(9000)],
    done: ["attach"],
    phase: "attaching",
  },
  {
    title: "handshake › a refusal closes with its reason",
    events: [
      { type: "handshake", since: 7 },
      { type: "refused", reason: "bad seat" },
    ],
    done: ["attach", "close bad seat"],
    phase: "closing",
  },
  {
    title:
      "promise 9 › WELCOME goes out first, then the replay, without the session's own echo or what was before its join",
    events: [
      { type: "handshake", since: undefined },
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
    from: run([pong(1, 29_999)], { ...narrow(seatedAt(0)), pings: [{ number: 1, position: 5 }] })[0],
    events: [{ type: "unrenewed", now: 29_999 }, tick(29_999.9), tick(30_000)],
    done: ["ping 1", "close backend failure"],
    phase: "closing",
  },
  ...(["gone", "replaced"] as const).map((word): Row => ({
    title: `promise 11 › a renewal answered ${word} closes`,
    from: seatedAt(0),
    events: [tick(5000), pong(1, 5001), renewed({ word, now: skew + 5002 }, 5001, 5002)],
    done: ["ping 1", "renew 5001 5", `close ${word === "gone" ? "seat renewal failure" : "replaced"}`],
    phase: "closing",
  })),
  {
    title: "promise 5 › a loss is told by 4410, spread over two seconds, and nothing is sent before it",
    from: seatedAt(0),
    events: [
      tick(5000),
      pong(1, 5001),
      renewed({ ...ok(35_000, 5002), word: "lost" }, 5001, 5002),
      receive(6, 5003),
      tick(6001),
      tick(6002),
    ],
    done: ["ping 1", "renew 5001 5", "close events lost"],
    phase: "closing",
  },
  {
    title: "promise 5 › what else shows the same loss does not put its close off",
    from: seatedAt(0),
    events: [
      tick(5000),
      pong(1, 5001),
      renewed({ ...ok(35_000, 5002), word: "lost" }, 5001, 5002),
      { type: "verify" },
      renewed({ ...ok(35_000, 5900), word: "lost" }, 5899, 5900),
      { type: "lose", cursor: 9 },
      tick(6002),
    ],
    done: ["ping 1", "renew 5001 5", "close events lost"],
    phase: "closing",
  },
  {
    title: "promise 5 › a trimmed replay moves the cursor first, then tells",
    from: seatedAt(0),
    events: [{ type: "lose", cursor: 40 }, renewed(ok(lease, 10), 9, 10)],
    done: ["renew 0 40", "close events lost"],
    phase: "closing",
  },
  {
    title: "promise 4 › an event published at or past the known lease end waits for the backend's word",
    from: seatedAt(0),
    events: [receive(6, lease), receive(7, lease + 1), renewed(ok(lease + 500, lease + 2), 0, 2)],
    done: ["renew 0 3", "send 6", "send 7"],
    phase: "seated",
  },
  {
    title: "promise 3 › and is never sent where the seat was gone by then",
    from: seatedAt(0),
    events: [receive(6, lease), renewed({ word: "gone", now: skew + lease + 1 }, 0, 2)],
    done: ["renew 0 3", "close seat renewal failure"],
    phase: "closing",
  },
  {
    title: "promise 4 › a renewal already in flight when it was published does not decide about it",
    from: seatedAt(0),
    events: [
      tick(5000),
      pong(1, 5001),
      receive(6, lease),
      renewed(ok(lease, 5001), 5001, 5002),
      renewed(ok(35_000, lease), 5003, 5004),
    ],
    done: ["ping 1", "renew 5001 5", "renew 0 5", "send 6"],
    phase: "seated",
  },
  {
    title: "replaced › closes at once",
    from: seatedAt(0),
    events: [{ type: "end", reason: "replaced" }, receive(6, 1)],
    done: ["close replaced"],
    phase: "closing",
  },
  {
    title: "drain › with nothing unproven the websocket is closed at once",
    from: run([attachAt(0, { place: { ...place, from: 5 } })], { phase: "attaching" })[0],
    events: [{ type: "drain", lasting: true, now: 100 }],
    done: ["close restarting"],
    phase: "closing",
  },
  {
    title: "drain › sends nothing more, pings, stores what the pong proves, then closes",
    from: seatedAt(0),
    events: [
      receive(6, 50),
      { type: "drain", lasting: true, now: 100 },
      receive(7, 101),
      pong(1, 110),
      renewed(ok(30_110, 111), 110, 112),
    ],
    done: ["send 6", "ping 1", "renew 110 6", "close restarting"],
    phase: "closing",
  },
  {
    title: "drain › without a pong within a second stores what was proven before, then closes",
    from: seatedAt(0),
    events: [
      receive(6, 50),
      { type: "drain", lasting: true, now: 100 },
      tick(1100),
      { type: "unrenewed", now: 1101 },
      tick(2100),
    ],
    done: ["send 6", "ping 1", "renew 0 3", "close restarting"],
    phase: "closing",
  },
  {
    title: "drain › a seat that ends with the process is closed at once",
    from: seatedAt(0),
    events: [receive(6, 50), { type: "drain", lasting: false, now: 100 }],
    done: ["send 6", "close restarting"],
    phase: "closing",
  },
  {
    title: "drain › a websocket without a seat is closed at once",
    events: [{ type: "drain", lasting: true, now: 1 }],
    done: ["close restarting"],
    phase: "closing",
  },
  {
    title: "end › by itself it proves nothing",
    from: seatedAt(0),
    events: [receive(6, 1), { type: "ended", echoed: false }],
    done: ["send 6"],
    phase: "ended",
  },
  {
    title: "end › what pongs proved and the backend has not is stored",
    from: seatedAt(0),
    events: [
      receive(6, 1),
      tick(1001),
      pong(1, 1002),
      { type: "unrenewed", now: 1003 },
      { type: "ended", echoed: false },
    ],
    done: ["send 6", "ping 1", "renew 1002 6", "renew 0 6"],
    phase: "ended",
  },
  {
    title: "end › a client's close that echoes ours proves all that was sent",
    from: seatedAt(0),
    events: [receive(6, 1), { type: "end", reason: "too slow" }, { type: "ended", echoed: true }],
    done: ["send 6", "close too slow", "renew 0 6"],
    phase: "ended",
  },
  {
    title: "end › of a session that left there is nothing to store",
    from: seatedAt(0),
    events: [receive(6, 1), { type: "end", reason: "left" }, { type: "ended", echoed: true }],
    done: ["send 6", "close left"],
    phase: "ended",
  },
];

function narrow(state: Presence): Extract<Presence, { phase: "seated" }> {
  assert.ok(state.phase === "seated");
  return state;
}

for (const { title, from, events, done, phase } of table) {
  test(`presence › ${title}`, () => {
    const [state, effects] = run(events, from);
    assert.deepEqual(words(effects), done);
    assert.equal(state.phase, phase);
  });
}

test("presence › the next tick is never later than anything waited for", () => {
  assert.equal(nextTick(greeting(10, 5000), rules), 5010);
  assert.equal(nextTick({ phase: "attaching" }, rules), Infinity);
  assert.equal(nextTick(seatedAt(0), rules), 5000);
  assert.equal(nextTick(run([receive(6, 100)], seatedAt(0))[0], rules), 1100);
  const parting = run(
    [tick(5000), pong(1, 5001), renewed({ ...ok(35_000, 5002), word: "lost" }, 5001, 5002)],
    seatedAt(0),
  )[0];
  assert.equal(nextTick(parting, rules), 6002);
});

test("presence › pings that are never answered are kept to a bound", () => {
  let state = seatedAt(0);
  for (let i = 1; i <= 200; i += 1)
    [state] = step({ ...narrow(state), seenAt: i * 5000, leaseEnds: Infinity }, tick(i * 5000), rules);
  assert.ok(narrow(state).pings.length <= 32);
});
