import assert from "node:assert/strict";
import test from "node:test";
import type { CallEvent, Control } from "../../../src/calls/feed/envelope.ts";
import { idle, step, type SyncEffect, type SyncEvent, type SyncState } from "../../../src/calls/feed/sync.ts";

/** An event, or how to make it of the state: a reply names its question. */
type Given = SyncEvent<string> | ((state: SyncState) => SyncEvent<string>);

const body = new Uint8Array();

function event(eventCount: number, version = 1, epoch = 7): CallEvent {
  return { kind: "OFFER", epoch, eventCount, version, sender: 1, at: 0, trace: "", body };
}

function control(version: number, head: number): Control {
  return { kind: "left", epoch: 7, head, version, seatNumber: 1, generation: 0 };
}

function added(head: number, channel: "same" | "newer" | "lost" = "same", epoch = 7): SyncEvent<string> {
  return { type: "added", receiver: "one", attached: { epoch, head, version: 1 }, channel };
}

/** Takes events through the step, answering each comparison's question from the state, and returns what was done. */
function run(...events: readonly Given[]): {
  readonly state: SyncState;
  readonly done: readonly string[];
} {
  let state: SyncState = idle;
  const done: string[] = [];
  for (const given of events) {
    const [next, ...effects] = step<string>(state, typeof given === "function" ? given(state) : given);
    state = next;
    done.push(...effects.map(describe));
  }
  return { state, done };
}

function describe(effect: SyncEffect<string>): string {
  if (effect.do === "deliver") return `deliver ${effect.event.eventCount}`;
  if (effect.do === "end") return `end at version ${effect.control.version}`;
  return effect.do;
}

function filled(head: number, version = 1): (state: SyncState) => SyncEvent<string> {
  return (state) => ({
    type: "filled",
    question: questionOf(state),
    missed: { head, version, live: new Map(), log: [] },
  });
}

function reply(type: "settled" | "ended" | "unfilled"): (state: SyncState) => SyncEvent<string> {
  return (state) => ({ type, question: questionOf(state) });
}

function questionOf(state: SyncState) {
  assert.equal(state.phase, "filling");
  return state.question;
}

const message = (envelope: CallEvent | Control): SyncEvent<string> => ({ type: "message", envelope });

/** Each row: what happens, what is done, and the phase that it ends in. */
const rows: readonly (readonly [string, readonly Given[], readonly string[], SyncState["phase"]])[] = [
  ["delivers the next event", [added(2), message(event(3))], ["add", "deliver 3"], "synced"],
  ["drops an event that it has delivered", [added(2), message(event(2))], ["add"], "synced"],
  [
    "applies the next control message",
    [added(2), message(control(2, 2))],
    ["add", "end at version 2"],
    "synced",
  ],
  ["compares at a missing event", [added(2), message(event(4))], ["add", "compare"], "filling"],
  ["compares at a missing control message", [added(2), message(event(3, 2))], ["add", "compare"], "filling"],
  [
    "compares at an event of another epoch",
    [added(2), message(event(1, 1, 8))],
    ["add", "compare"],
    "filling",
  ],
  [
    "delivers what was held while it had no receiver, without repeats",
    [message(event(2)), message(event(3)), added(2)],
    ["add", "deliver 3"],
    "synced",
  ],
  [
    "delivers what was held during a comparison after it",
    [added(2), message(event(4)), message(event(5)), filled(4), reply("settled")],
    ["add", "compare", "fill", "deliver 5"],
    "synced",
  ],
  [
    "keeps what was held when the last receiver goes during a fill",
    [added(2), message(event(4)), message(event(5)), filled(4), { type: "emptied" }, added(4)],
    ["add", "compare", "fill", "add", "deliver 5"],
    "synced",
  ],
  [
    "compares for a receiver that attached before the last delivered event",
    [added(2), message(event(3)), { type: "emptied" }, added(2)],
    ["add", "deliver 3", "add", "compare"],
    "filling",
  ],
  [
    "waits for the channel once it is lost",
    [added(2), { type: "lost" }, message(event(3))],
    ["add"],
    "unsynced",
  ],
  [
    "compares when the channel is subscribed again",
    [added(2), { type: "lost" }, { type: "subscribed" }],
    ["add", "compare"],
    "filling",
  ],
  [
    "does not deliver after a comparison during which the channel was lost",
    [added(2), message(event(4)), { type: "lost" }, message(event(5)), filled(4), reply("settled")],
    ["add", "compare", "fill"],
    "unsynced",
  ],
  [
    "compares again when the channel was lost and subscribed during a comparison",
    [added(2), message(event(4)), { type: "lost" }, { type: "subscribed" }, filled(4), reply("settled")],
    ["add", "compare", "fill", "compare"],
    "filling",
  ],
  [
    "compares when the channel was lost during the attach",
    [added(2, "newer")],
    ["add", "compare"],
    "filling",
  ],
  [
    "compares when the channel is lost at the attach, and then waits for it",
    [added(2, "lost"), filled(2), reply("settled")],
    ["add", "compare", "fill"],
    "unsynced",
  ],
  [
    "compares while the channel is lost when a renewal returned a later position",
    [
      added(2),
      { type: "lost" },
      { type: "behind", position: { epoch: 7, last: 3, version: 1 } },
      filled(3),
      reply("settled"),
    ],
    ["add", "compare", "fill"],
    "unsynced",
  ],
  [
    "delivers the event that showed another epoch to a receiver that attached in it",
    [added(2), message(event(3, 1, 8)), added(2, "same", 8)],
    ["add", "compare", "verify", "add", "deliver 3"],
    "synced",
  ],
  [
    "delivers that event also when the older receivers have gone",
    [added(2), message(event(3, 1, 8)), { type: "emptied" }, added(2, "same", 8)],
    ["add", "compare", "add", "deliver 3"],
    "synced",
  ],
  [
    "delivers that event also when the older call has ended",
    [added(2), message(event(3, 1, 8)), reply("ended"), added(2, "same", 8)],
    ["add", "compare", "verify", "add", "deliver 3"],
    "synced",
  ],
  [
    "delivers the event that showed a gap to a receiver that is added after the others have gone",
    [added(2), message(event(4)), { type: "emptied" }, added(3)],
    ["add", "compare", "add", "deliver 4"],
    "synced",
  ],
  [
    "compares once for an event that the log does not contain",
    [added(2), message(event(3, 1, 8)), filled(2), reply("settled")],
    ["add", "compare", "fill"],
    "synced",
  ],
  [
    "compares once more for a receiver added during a comparison",
    [added(2), message(event(4)), added(4), filled(4), reply("settled")],
    ["add", "compare", "add", "fill", "compare"],
    "filling",
  ],
  [
    "retries a comparison without a response after a while",
    [added(2), message(event(4)), reply("unfilled"), { type: "retry" }],
    ["add", "compare", "retry", "compare"],
    "filling",
  ],
  [
    "does not retry while the channel is lost",
    [added(2), message(event(4)), { type: "lost" }, reply("unfilled"), { type: "retry" }],
    ["add", "compare"],
    "unsynced",
  ],
  [
    "verifies all when the call has ended",
    [added(2), message(event(4)), reply("ended")],
    ["add", "compare", "verify"],
    "idle",
  ],
  [
    "verifies the older receivers when one attaches in another epoch",
    [added(2), added(1, "same", 8)],
    ["add", "verify", "add"],
    "synced",
  ],
  [
    "compares when a renewal returned a later position",
    [added(2), { type: "behind", position: { epoch: 7, last: 3, version: 1 } }],
    ["add", "compare"],
    "filling",
  ],
  [
    "ignores a position that it has reached",
    [added(2), message(event(3)), { type: "behind", position: { epoch: 7, last: 3, version: 1 } }],
    ["add", "deliver 3"],
    "synced",
  ],
];

for (const [title, events, done, phase] of rows) {
  test(`call feed › ${title}`, () => {
    const outcome = run(...events);
    assert.deepEqual(outcome.done, done);
    assert.equal(outcome.state.phase, phase);
  });
}

test("call feed › ignores the reply to an older comparison", () => {
  const first = run(added(2), message(event(4)));
  const question = questionOf(first.state);
  const missed = { head: 9, version: 1, live: new Map(), log: [] };
  const { done, state } = run(added(2), message(event(4)), { type: "emptied" }, added(4), {
    type: "filled",
    question,
    missed,
  });
  assert.deepEqual(done, ["add", "compare", "add"]);
  assert.equal(state.phase, "synced");
});

test("call feed › holds 256 messages at most, and the next one shows the gap", () => {
  const messages = Array.from({ length: 300 }, (_, at) => message(event(at + 3)));
  const { state } = run(...messages);
  assert.ok(state.phase === "idle" && state.held.length === 300 - 256);
  assert.deepEqual(run(...messages, added(2)).done, ["add", "compare"]);
});
