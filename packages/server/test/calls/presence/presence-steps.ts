import assert from "node:assert/strict";
import test from "node:test";
import type { Attached, RenewReply } from "../../../src/calls/ports/backend.ts";
import type { CallEvent } from "../../../src/calls/feed/envelope.ts";
import { greeting, step } from "../../../src/calls/presence/presence.ts";
import type { Effect, Presence, PresenceEvent } from "../../../src/calls/presence/presence-state.ts";

export const options = { pingIntervalMs: 5000, readTimeoutMs: 10_000 };
export const lease = 30_000;
/** The backend's clock is this far ahead of the process's own. */
export const skew = 1_000_000;

export const attached: Attached = {
  epoch: 500,
  replayAfter: 3,
  head: 5,
  version: 2,
  generation: 1,
  seatNumber: 3,
  leaseEnd: skew + lease,
  recovered: true,
  log: [],
};

export function eventAt(eventCount: number, at: number, sender = 1): CallEvent {
  return {
    kind: "OFFER",
    epoch: 500,
    eventCount,
    version: 2,
    sender,
    at: skew + at,
    trace: "",
    body: Buffer.from('"b"'),
  };
}

export const ok = (leaseEnd: number, now: number): RenewReply & { readonly word: "ok" } => {
  return { word: "ok", epoch: 500, head: 9, version: 2, leaseEnd: skew + leaseEnd, now: skew + now };
};

/** Runs events through the machine and answers the last state and everything that was to be done. */
export function run(
  events: readonly PresenceEvent[],
  from: Presence = greeting(0, 5000),
): [Presence, Effect[]] {
  const effects: Effect[] = [];
  let state = from;
  for (const event of events) {
    const [next, ...more] = step(state, event, options);
    state = next;
    effects.push(...more);
  }
  return [state, effects];
}

export const attachAt = (
  now: number,
  more: Partial<Extract<PresenceEvent, { type: "attached" }>> = {},
): PresenceEvent => {
  return {
    type: "attached",
    attached,
    leaseLeftMs: lease,
    events: [],
    sentAt: now,
    now,
    jitter: 0.5,
    ...more,
  };
};
export const seatedAt = (now: number): Presence =>
  run([{ type: "handshake", resumeAfter: undefined }, attachAt(now)])[0];

/** What was done, as short words. */
export function words(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    switch (effect.do) {
      case "send":
        return `send ${effect.event.eventCount}`;
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

export const tick = (now: number): PresenceEvent => ({ type: "tick", now });
export const pong = (number: number, now: number): PresenceEvent => ({
  type: "pong",
  number,
  cameAt: now,
  now,
});
export const renewed = (reply: RenewReply, sentAt: number, now: number): PresenceEvent => {
  return { type: "renewed", reply, sentAt, now };
};
export const receive = (n: number, at: number, from?: number): PresenceEvent => {
  return { type: "event", event: eventAt(n, at, from), now: at };
};

export interface Row {
  readonly title: string;
  readonly from?: Presence;
  readonly events: readonly PresenceEvent[];
  readonly done: readonly string[];
  readonly phase: Presence["phase"];
}

export function narrow(state: Presence): Extract<Presence, { phase: "seated" }> {
  assert.ok(state.phase === "seated");
  return state;
}

/** Runs every row of a table as a test. */
export function presenceTable(table: readonly Row[]): void {
  for (const { title, from, events, done, phase } of table) {
    test(`presence › ${title}`, () => {
      const [state, effects] = run(events, from);
      assert.deepEqual(words(effects), done);
      assert.equal(state.phase, phase);
    });
  }
}
