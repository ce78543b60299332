import assert from "node:assert/strict";
import test from "node:test";
import { check, type Verdict } from "../../faults/check.ts";
import type { ClientKind, Entry, Happening } from "../../faults/history.ts";

/** A history with a millisecond between any two lines. */
const historyOf = (...happenings: readonly Happening[]): Entry[] =>
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

/** How many breaches of each kind there are. */
const counts = ({ lost, twice, disordered, foreign, overfull }: Verdict): readonly number[] =>
  [lost, twice, disordered, foreign, overfull].map(({ length }) => length);

const begun = (kind: ClientKind = "resuming"): Happening[] => [
  joined("one", 0),
  joined("two", 1, kind),
  welcome("two", 2),
];

type Case = readonly [title: string, history: readonly Happening[], breaches: readonly number[]];

const cases: readonly Case[] = [
  ["nothing is wrong", [...begun(), sent("one", 0, 3), heard("two", "one", 0)], [0, 0, 0, 0, 0]],
  ["a signal answered 200 that never comes is lost", [...begun(), sent("one", 0, 3)], [1, 0, 0, 0, 0]],
  [
    "one that nobody answered is not",
    [...begun(), sent("one", 0, 3, 0), sent("one", 1, 4, 503)],
    [0, 0, 0, 0, 0],
  ],
  [
    "one that was skipped is lost, whoever is attached at the end",
    [...begun(), sent("one", 0, 3), sent("one", 1, 4), heard("two", "one", 1), closed("two", 4409)],
    [1, 0, 0, 0, 0],
  ],
  [
    "what the dead would have heard is not",
    [...begun(), sent("one", 0, 3), closed("two", 4409)],
    [0, 0, 0, 0, 0],
  ],
  [
    "a gap that was told explains what is missing around it",
    [...begun(), sent("one", 0, 3), gap("two"), sent("one", 1, 5), heard("two", "one", 1)],
    [0, 0, 0, 0, 0],
  ],
  [
    "a gap explains nothing that was sent after it",
    [...begun(), gap("two"), sent("one", 0, 4)],
    [1, 0, 0, 0, 0],
  ],
  [
    "a gap explains nothing that lies before what was heard before it",
    [...begun(), sent("one", 0, 3), sent("one", 1, 4), heard("two", "one", 1), gap("two")],
    [1, 0, 0, 0, 0],
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
    [0, 1, 0, 0, 0],
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
    [0, 0, 0, 0, 0],
  ],
  [
    "but not on the same websocket",
    [...begun("seed"), sent("one", 0, 3), heard("two", "one", 0), heard("two", "one", 0)],
    [0, 1, 0, 0, 0],
  ],
  [
    "what comes after its successor is out of order",
    [...begun(), sent("one", 0, 3), sent("one", 1, 4), heard("two", "one", 1), heard("two", "one", 0)],
    [0, 0, 1, 0, 0],
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
    [0, 0, 1, 0, 0],
  ],
  ["one's own signal is foreign", [...begun(), sent("two", 0, 3), heard("two", "two", 0)], [0, 0, 0, 1, 0]],
  ["what nobody sent is foreign", [...begun(), heard("two", "one", 7)], [0, 0, 0, 1, 0]],
  [
    "another call's signal is foreign",
    [
      ...begun(),
      joined("far", 3, "seed", "coffee"),
      sent("far", 0, 4, 200, "coffee"),
      heard("two", "far", 0, 1, "coffee"),
    ],
    [0, 0, 0, 1, 0],
  ],
  [
    "what was answered before the join was asked is foreign",
    [joined("one", 0), sent("one", 0, 1), joined("two", 2), welcome("two", 3), heard("two", "one", 0)],
    [0, 0, 0, 1, 0],
  ],
  [
    "a third session beside two that are alive is one too many",
    [...begun(), joined("three", 3), welcome("one", 4), welcome("two", 5)],
    [0, 0, 0, 0, 1],
  ],
  [
    "a third one after the last sign of another is not",
    [...begun(), joined("three", 3), welcome("two", 4)],
    [0, 0, 0, 0, 0],
  ],
];

for (const [title, history, breaches] of cases)
  test(`faults, the checker › ${title}`, () => {
    assert.deepEqual(counts(check(historyOf(...history), 2)), breaches);
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
  assert.deepEqual(counts(verdict), [0, 0, 0, 0, 0]);
});
