import assert from "node:assert/strict";
import fc from "fast-check";
import type { CallLimits, Holder } from "../../packages/server/src/calls/ports/backend.ts";
import { bodyOf, session as mint } from "../../packages/server/test/backends/steps.ts";
import type { Asked } from "./reference.ts";
import type { Client, Scene } from "./scene.ts";

/** One question to a backend; the numbers choose among what there is when it is asked. */
export type Operation = Readonly<{ process: number; call: number; limits: RulesPick }> &
  (
    | { readonly do: "join"; readonly body: string }
    | { readonly do: "publish"; readonly who: number; readonly kind: SignalWord; readonly body: string }
    | { readonly do: "attach"; readonly who: number; readonly since: Since }
    | ({ readonly do: "renew"; readonly who: number; readonly place: number } & Told)
    | { readonly do: "leave" | "holds"; readonly who: number }
    | { readonly do: "resync"; readonly since: Since }
  );

type SignalWord = "OFFER" | "ANSWER" | "CANDIDATE";

interface RulesPick {
  readonly seatCount: number;
  readonly lease: number;
  readonly logEntries: number;
  readonly logBytes: number;
}

/** A position: none, one of the epoch the session has met or of the call's own, and how far from its head. */
interface Since {
  readonly from: "none" | "join" | "head" | "known" | "nowhere";
  readonly by: number;
}

/** What a renewal says of itself, by how far it is from the truth. */
interface Told {
  readonly generation: number;
  readonly cursor: number;
  readonly epoch: "own" | "current" | "bogus";
  readonly leaseEnd: number;
  readonly seen: number;
}

const skews = [0, 0, 0, -5, 60_000, -60_000];

const rulesPick: fc.Arbitrary<RulesPick> = fc.record({
  seatCount: fc.constantFrom(2, 2, 2, 3, 1),
  lease: fc.constantFrom(0, 0, 0, 1, 2),
  logEntries: fc.constantFrom(4, 4, 8, 1),
  logBytes: fc.constantFrom(4096, 4096, 400, 1),
});
const body = fc.constantFrom("x", "é😀", '\r\n"\\\u2028', "long".repeat(60), "");
const who = fc.nat({ max: 30 });
const since: fc.Arbitrary<Since> = fc.record({
  from: fc.constantFrom("none", "none", "join", "head", "known", "nowhere"),
  by: fc.integer({ min: -9, max: 2 }),
});
const told: fc.Arbitrary<Told> = fc.record({
  generation: fc.constantFrom(0, 0, 0, -1, 1),
  cursor: fc.constantFrom(0, 0, 1, 2, -1, -1000, 1000),
  epoch: fc.constantFrom("own", "own", "own", "current", "bogus"),
  leaseEnd: fc.constantFrom(...skews),
  seen: fc.constantFrom(...skews, -1e15),
});
const base = { process: fc.nat({ max: 1 }), call: fc.constantFrom(0, 0, 0, 1, 2), limits: rulesPick };
const kind = fc.constantFrom<SignalWord>("OFFER", "ANSWER", "CANDIDATE");

/** Any question. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ...base, do: fc.constant("join" as const), body }) },
  { weight: 6, arbitrary: fc.record({ ...base, do: fc.constant("publish" as const), who, kind, body }) },
  { weight: 6, arbitrary: fc.record({ ...base, do: fc.constant("attach" as const), who, since }) },
  {
    weight: 7,
    arbitrary: fc
      .tuple(
        fc.record({ ...base, do: fc.constant("renew" as const), who, place: fc.constantFrom(0, 0, 1) }),
        told,
      )
      .map(([asked, claims]) => Object.assign(asked, claims)),
  },
  {
    weight: 2,
    arbitrary: fc.record({ ...base, do: fc.constantFrom("leave" as const, "holds" as const), who }),
  },
  { weight: 2, arbitrary: fc.record({ ...base, do: fc.constant("resync" as const), since }) },
);

/** A question on its way: its reply, and what the reference has to say of it. */
export interface Sent {
  readonly verb: Operation["do"];
  readonly asked: string;
  readonly reply: Promise<Reply>;
  readonly judge: (reply: Reply, late: number) => object;
}

interface Reply {
  readonly word: string;
  readonly now: number;
  readonly log?: readonly Uint8Array[];
  readonly epoch?: number;
  readonly seatNumber?: number;
  readonly head?: number;
}

/** Asks the backend, with what clients and calls know now. */
export function ask(scene: Scene, question: Operation, process: number): Sent {
  const { reference, world } = scene;
  const backend = world.processes[process % world.processes.length];
  const call = scene.calls[question.call % scene.calls.length];
  assert.ok(backend !== undefined && call !== undefined);
  const { lease, ...more } = question.limits;
  const limits: CallLimits = { ...more, leaseMs: world.leases[lease % world.leases.length] ?? 0 };
  const client = "who" in question ? clientOf(scene, call, question.who) : newClient(scene, call, question);
  const { session } = client;
  const at = (reply: Reply, late: number): Asked => ({ call, session, now: reply.now, late });
  const named = `${question.do} ${JSON.stringify(call)} by ${session} (process ${process})`;
  const sent = (asked: object, reply: Promise<Reply>, judge: Sent["judge"]): Sent => {
    return { verb: question.do, asked: `${named} ${JSON.stringify({ ...asked, ...limits })}`, reply, judge };
  };
  switch (question.do) {
    case "join": {
      const introduction = question.body === "" ? new Uint8Array() : bodyOf(question.body);
      return sent({}, backend.join(call, session, introduction, limits), (reply, late) => {
        if (isPlace(reply))
          client.places.unshift({ ...seen(reply), generation: 0, cursor: reply.seatNumber });
        return reference.join(at(reply, late), introduction, limits, reply);
      });
    }
    case "publish": {
      const signal = bodyOf(question.body);
      return sent({}, backend.publish(call, session, question.kind, signal, limits), (reply, late) =>
        reference.publish(at(reply, late), question.kind, signal, limits, reply),
      );
    }
    case "attach": {
      const after = positionOf(scene, client, question.since);
      return sent({ since: after }, backend.attach(call, session, after, limits), (reply, late) => {
        if (isPlace(reply) && "generation" in reply) {
          const { generation, replayAfter, cursor } = reply;
          client.places.unshift({ ...seen(reply), generation, cursor: replayAfter ?? cursor ?? 0 });
        }
        return reference.attach(at(reply, late), after, limits, reply);
      });
    }
    case "renew": {
      const holder = holderOf(scene, client, question, process);
      return sent(holder, backend.renew(call, session, holder, limits), (reply, late) =>
        reference.renew(at(reply, late), holder, limits, reply),
      );
    }
    case "leave":
      return sent({}, backend.leave(call, session), (reply, late) => reference.leave(at(reply, late)));
    case "holds":
      return sent({}, backend.holds(call, session), (reply, late) => reference.holds(at(reply, late)));
    case "resync": {
      const known = reference.calls.get(call);
      const epoch = known?.epoch.value ?? scene.clients[0]?.places[0]?.epoch ?? 1;
      const asked = question.since.from === "nowhere" ? epoch - 1 : epoch;
      const count = Math.max(0, (known?.head ?? 0) + question.since.by);
      return sent({ epoch: asked, count }, backend.resync(call, asked, count), (reply, late) =>
        reference.resync(at(reply, late), asked, count, reply),
      );
    }
  }
}

type Place = Reply & {
  readonly epoch: number;
  readonly leaseEnd: number;
  readonly seatNumber: number;
  readonly generation: number;
  readonly replayAfter?: number;
  readonly cursor?: number;
};

function isPlace(reply: Reply): reply is Place {
  return "leaseEnd" in reply && "epoch" in reply;
}

function seen({ epoch, leaseEnd, now }: Place): Pick<Holder, "epoch" | "leaseEnd" | "seenAt"> {
  return { epoch, leaseEnd, seenAt: now };
}

function newClient(scene: Scene, call: string, question: Operation): Client {
  const client = { session: mint(), call, places: [] };
  if (question.do === "join") scene.clients.push(client);
  return client;
}

/** Mostly one of the call's own sessions, the newest first; else one of another call, or of nobody. */
function clientOf({ clients }: Scene, call: string, pick: number): Client {
  const own = clients.filter((client) => client.call === call).toReversed();
  const stranger = pick === 30 ? clients.find((client) => client.call !== call) : undefined;
  const one = stranger ?? (pick === 29 ? undefined : own[pick % Math.min(own.length, 5)]);
  return one ?? { session: mint(), call, places: [] };
}

function positionOf({ reference }: Scene, { call, places }: Client, { from, by }: Since): number | undefined {
  const [place] = places;
  const known = reference.calls.get(call);
  if (from === "none") return undefined;
  if (from === "join" || known === undefined || place === undefined) return 0;
  if (from === "nowhere") return by > 0 ? Number.MAX_SAFE_INTEGER : 1;
  // As a client says it: the epoch that it has met. `head` is near the head, `known` what it was last told.
  return Math.max(0, place.epoch + (from === "head" ? known.head : place.cursor) + by);
}

function holderOf(
  { reference, world }: Scene,
  { call, places }: Client,
  pick: Extract<Operation, { do: "renew" }>,
  process: number,
): Holder {
  const place = places[pick.place % Math.max(1, places.length)];
  const { generation, cursor, epoch, leaseEnd, seenAt } = place ?? {
    generation: 0,
    cursor: 0,
    epoch: 1,
    leaseEnd: 0,
    seenAt: 0,
  };
  const epochs = { own: epoch, current: reference.calls.get(call)?.epoch.value ?? epoch, bogus: 1 };
  // A process whose clock is off, or whose backend's clock was set back under it.
  return {
    generation: Math.max(0, generation + pick.generation),
    cursor: Math.max(0, cursor + pick.cursor),
    epoch: epochs[pick.epoch],
    leaseEnd: Math.max(0, leaseEnd + pick.leaseEnd),
    seenAt: Math.max(0, seenAt + pick.seen + (process % world.processes.length)),
  };
}
