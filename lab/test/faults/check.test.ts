import assert from "node:assert/strict";
import test from "node:test";
import { check, type Verdict } from "../../faults/check.ts";
import type { ClientKind, Deed, Entry, Happening } from "../../faults/history.ts";

/** A history with a millisecond between any two lines. */
const historyOf = (...happenings: readonly (Happening | Deed)[]): Entry[] =>
  happenings.map((happening, at) => Object.assign({ at }, happening));

/** Each session is called as its client; `askedAt` of the line at `at` is the instant before it. */
const joined = (client: string, at: number, kind: ClientKind = "resuming", call = "tea"): Happening => ({
  event: "joined",
  client,
  kind,
  call,
  session: client,
  askedAt: at - 0.5,
});
const sent = (client: string, n: number, at: number, status = 200, call = "tea"): Happening => ({
  event: "sent",
  client,
  session: client,
  call,
  n,
  askedAt: at - 0.5,
  status,
});
const heard = (session: string, from: string, n: number, socket = 1, call = "tea"): Happening => ({
  event: "heard",
  session,
  socket,
  call,
  from,
  n,
});
const welcome = (session: string, at: number, socket = 1): Happening => ({
  event: "welcome",
  session,
  socket,
  askedAt: at - 0.5,
});
const closed = (session: string, code: number, socket = 1): Happening => ({
  event: "closed",
  session,
  socket,
  code,
  reason: "",
});
const gap = (session: string): Happening => ({ event: "gap", session });
const emptied = (since: number): Deed => ({ event: "emptied", since });
const divided = (since: number): Deed => ({ event: "divided", since });

const breaches = ["lost", "twice", "disordered", "foreign", "overfull"] as const;
type Breaches = { readonly [Breach in (typeof breaches)[number]]?: number };

/** How many breaches there are, of each kind that there are any of. */
const counts = (verdict: Verdict): Breaches =>
  Object.fromEntries(breaches.map((kind) => [kind, verdict[kind].length]).filter(([, count]) => count !== 0));

const begun = (kind: ClientKind = "resuming"): Happening[] => [
  joined("one", 0),
  joined("two", 1, kind),
  welcome("two", 2),
];

type Case = readonly [title: string, history: readonly (Happening | Deed)[], expected: Breaches];

const cases: readonly Case[] = [
  ["nothing is wrong", [...begun(), sent("one", 0, 3), heard("two", "one", 0)], {}],
  ["a signal answered 200 that never comes is lost", [...begun(), sent("one", 0, 3)], { lost: 1 }],
  ["one that nobody answered is not", [...begun(), sent("one", 0, 3, 0), sent("one", 1, 4, 503)], {}],
  [
    "one that was skipped is lost, whoever is attached at the end",
    [...begun(), sent("one", 0, 3), sent("one", 1, 4), heard("two", "one", 1), closed("two", 4409)],
    { lost: 1 },
  ],
  ["what the dead would have heard is not", [...begun(), sent("one", 0, 3), closed("two", 4409)], {}],
  [
    "a gap that was told explains what is missing around it",
    [...begun(), sent("one", 0, 3), gap("two"), sent("one", 1, 5), heard("two", "one", 1)],
    {},
  ],
  ["a gap explains nothing that was sent after it", [...begun(), gap("two"), sent("one", 0, 4)], { lost: 1 }],
  [
    "a gap explains nothing that lies before what was heard before it",
    [...begun(), sent("one", 0, 3), sent("one", 1, 4), heard("two", "one", 1), gap("two")],
    { lost: 1 },
  ],
  [
    "what a resuming client hears again on another websocket is heard twice",
    [
      ...begun(),
      sent("one", 0, 3),
      heard("two", "one", 0),
      closed("two", 1006),
      welcome("two", 6, 2),
      heard("two", "one", 0, 2),
    ],
    { twice: 1 },
  ],
  [
    "a client of the seed may hear it again there",
    [
      ...begun("seed"),
      sent("one", 0, 3),
      heard("two", "one", 0),
      closed("two", 1006),
      welcome("two", 6, 2),
      heard("two", "one", 0, 2),
    ],
    {},
  ],
  [
    "but not on the same websocket",
    [...begun("seed"), sent("one", 0, 3), heard("two", "one", 0), heard("two", "one", 0)],
    { twice: 1 },
  ],
  [
    "what comes after its successor is out of order",
    [...begun(), sent("one", 0, 3), sent("one", 1, 4), heard("two", "one", 1), heard("two", "one", 0)],
    { disordered: 1 },
  ],
  [
    "two that hear one thing in different orders are",
    [
      joined("one", 0),
      joined("two", 1),
      joined("three", 2),
      joined("four", 3),
      sent("one", 0, 4, 0),
      sent("two", 0, 5, 0),
      heard("three", "one", 0),
      heard("three", "two", 0),
      heard("four", "two", 0),
      heard("four", "one", 0),
    ],
    { disordered: 1 },
  ],
  ["one's own signal is foreign", [...begun(), sent("two", 0, 3), heard("two", "two", 0)], { foreign: 1 }],
  ["what nobody sent is foreign", [...begun(), heard("two", "one", 7)], { foreign: 1 }],
  [
    "another call's signal is foreign",
    [
      ...begun(),
      joined("far", 3, "seed", "coffee"),
      sent("far", 0, 4, 200, "coffee"),
      heard("two", "far", 0, 1, "coffee"),
    ],
    { foreign: 1 },
  ],
  [
    "what was answered before the join was asked is foreign",
    [joined("one", 0), sent("one", 0, 1), joined("two", 2), welcome("two", 3), heard("two", "one", 0)],
    { foreign: 1 },
  ],
  [
    "a third session beside two that are alive is one too many",
    [...begun(), joined("three", 3), welcome("one", 4), welcome("two", 5)],
    { overfull: 1 },
  ],
  [
    "also where one of them lived before all seats were lost, and both live after it",
    [
      ...begun(),
      emptied(2.5),
      welcome("one", 4),
      welcome("two", 5),
      joined("three", 6),
      welcome("one", 7),
      welcome("two", 8),
    ],
    { overfull: 1 },
  ],
  [
    "a third one between a loss of all seats and the first sign of another is not",
    [...begun(), emptied(2.5), joined("three", 4), welcome("one", 5), welcome("two", 6)],
    {},
  ],
  [
    "a third one after the last sign of another is not",
    [...begun(), joined("three", 3), welcome("two", 4)],
    {},
  ],
];

for (const [title, history, expected] of cases)
  test(`faults, the checker › ${title}`, () => {
    assert.deepEqual(counts(check(historyOf(...history), 2)), expected);
  });

test("faults, the checker › between two masters, what is lost or late is no breach where a gap was told then", () => {
  const history = [
    ...begun(),
    sent("one", 0, 3),
    sent("one", 1, 4),
    sent("one", 2, 5),
    heard("two", "one", 2),
    divided(2.5),
    gap("two"),
    heard("two", "one", 1),
  ];
  const verdict = check(historyOf(...history), 2);
  assert.deepEqual([counts(verdict), verdict.divided, verdict.toldLost], [{}, 2, 0]);
  const unreportedLoss = history.filter((one) => one.event !== "gap");
  assert.deepEqual(counts(check(historyOf(...unreportedLoss), 2)), { lost: 1, disordered: 1 });
  const undivided = history.filter((one) => one.event !== "divided");
  assert.deepEqual(counts(check(historyOf(...undivided), 2)), { lost: 1, disordered: 1 });
});

test("faults, the checker › tells a 1013 to a handshake from one to a websocket that was welcomed", () => {
  const { refused, closes } = check(historyOf(...begun(), closed("two", 1013), closed("two", 1013, 2)), 2);
  assert.deepEqual([refused, closes.get(1013)], [1, 2]);
});

test("faults, the checker › counts what is no breach: gaps told, signals they explain, repeats, closes by code", () => {
  const seed = [
    sent("one", 0, 3),
    heard("two", "one", 0),
    closed("two", 4410),
    gap("two"),
    welcome("two", 7, 2),
  ];
  const rest = [
    heard("two", "one", 0, 2),
    sent("one", 1, 9),
    gap("two"),
    closed("two", 1006, 2),
    welcome("two", 12, 3),
  ];
  const verdict = check(historyOf(...begun("seed"), ...seed, ...rest), 2);
  const { gaps, toldLost, again, acknowledged, received } = verdict;
  assert.deepEqual([gaps, toldLost, again, acknowledged, received], [2, 1, 1, 2, 2]);
  assert.deepEqual(
    [...verdict.closes],
    [
      [4410, 1],
      [1006, 1],
    ],
  );
  assert.deepEqual(counts(verdict), {});
});
