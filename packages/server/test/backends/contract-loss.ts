import assert from "node:assert/strict";
import type { Clause } from "./contract.ts";
import {
  attachLost,
  attachOk,
  bodiesOf,
  bodyOf,
  eventsOf,
  holderOf,
  isMissed,
  isRenewed,
  noBody,
  publishOk,
  session,
  take,
} from "./steps.ts";

/** Losing data: all of it, or the trust in a log. */
export const lossContract: readonly Clause[] = [
  [
    "promise 5 › data lost: a renewal within its lease is seated again, told lost, and its peers hear PEER",
    async ({ backend, empty }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const places = [
        await attachOk(backend, "tea", one, limits),
        await attachOk(backend, "tea", two, limits),
      ] as const;
      await publishOk(backend, "tea", one, "a", limits);
      await empty();
      const first = await backend.renew("tea", one.session, holderOf(places[0]), limits);
      assert.equal(first.word, "lost");
      isRenewed(first);
      assert.ok(first.epoch > one.epoch + 3, "a position was used again");
      assert.equal((await backend.renew("tea", two.session, holderOf(places[1]), limits)).word, "lost");
      const lost = await attachLost(backend, "tea", one, limits);
      isRenewed(await backend.renew("tea", one.session, { ...lost, seenAt: 0 }, limits));
      const place = await attachOk(backend, "tea", one, limits);
      assert.deepEqual(
        eventsOf(place.log).map(({ kind, eventCount }) => [kind, eventCount]),
        [["PEER", 2]],
      );
      assert.equal(place.generation, 2);
      assert.equal((await backend.join("tea", session(), noBody, limits)).word, "full");
    },
  ],
  [
    "promise 1, 3 › data lost: never seated again past the lease, nor where there is no room",
    async ({ backend, empty, pass }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const place = await attachOk(backend, "tea", one, limits);
      const late = await attachOk(backend, "tea", two, limits);
      await empty();
      await take(backend, "tea", limits);
      await take(backend, "tea", limits);
      assert.equal((await backend.renew("tea", one.session, holderOf(place), limits)).word, "gone");
      await empty();
      await pass(limits.leaseMs);
      assert.equal((await backend.renew("tea", two.session, holderOf(late), limits)).word, "gone");
    },
  ],
  [
    "promise 12 › data lost: a seat is given back for a lease from now at most, whatever end it names",
    async ({ backend, empty }, limits) => {
      const place = await attachOk(backend, "tea", await take(backend, "tea", limits), limits);
      await empty();
      // As a failover answers whose clock is a minute behind.
      const holder = holderOf(place, { leaseEnd: place.leaseEnd + 60_000 });
      const reply = await backend.renew("tea", "session of a clock ahead", holder, limits);
      isRenewed(reply);
      assert.equal(reply.word, "lost");
      assert.ok(reply.leaseEnd <= reply.now + limits.leaseMs, `held for ${reply.leaseEnd - reply.now} ms`);
    },
  ],
  [
    "promise 3 › data lost: a session that only joined, or left, is gone",
    async ({ backend, empty }, limits) => {
      const seat = await take(backend, "tea", limits);
      await empty();
      assert.equal((await backend.attach("tea", seat.session, undefined, limits)).word, "gone");
      assert.equal((await backend.leave("tea", seat.session)).word, "gone");
      assert.equal((await backend.resync("tea", seat.epoch, 1)).word, "absent");
    },
  ],
  [
    "promise 5 › run anew: seats stay, the epoch is a later one, and renewals are told lost until the client was",
    async ({ backend, restart }, { leaseMs, ...more }) => {
      // Longer than a restart takes.
      const limits = { ...more, leaseMs: Math.max(leaseMs, 10_000) };
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const place = await attachOk(backend, "tea", two, limits);
      await publishOk(backend, "tea", one, "a", limits);
      await restart();
      assert.equal((await backend.resync("tea", one.epoch, 3)).word, "other");
      const reply = await backend.renew("tea", two.session, holderOf(place), limits);
      assert.equal(reply.word, "lost");
      isRenewed(reply);
      assert.ok(reply.epoch + reply.head > two.epoch + 3, "a position was used again");
      assert.equal((await backend.join("tea", session(), noBody, limits)).word, "full");
      await publishOk(backend, "tea", one, "b", limits);
      assert.equal((await backend.renew("tea", two.session, holderOf(place), limits)).word, "lost");
      const lost = await attachLost(backend, "tea", two, limits);
      const told = await backend.renew(
        "tea",
        two.session,
        { ...lost, generation: place.generation, seenAt: 0 },
        limits,
      );
      assert.equal(told.word, "ok");
      const next = await attachOk(backend, "tea", two, limits);
      assert.deepEqual(bodiesOf(next.log), ["b"]);
      const renewed = await backend.renew("tea", two.session, holderOf(next), limits);
      assert.equal(renewed.word, "ok");
    },
  ],
  [
    "promise 4 › run anew: the log stays as long as its call, also where a process with shorter leases begins it",
    async ({ backend, restart, pass }, { leaseMs, ...more }) => {
      const limits = { ...more, leaseMs: Math.max(leaseMs, 10_000) };
      const one = await take(backend, "tea", limits);
      await restart();
      const brief = { ...limits, leaseMs: 20 };
      const reply = await backend.publish("tea", one.session, "OFFER", bodyOf("kept"), brief);
      assert.ok(reply.word === "ok");
      await pass(100);
      const missed = await backend.resync("tea", reply.epoch, reply.eventCount - 1);
      isMissed(missed);
      assert.deepEqual([missed.word, bodiesOf(missed.log)], ["ok", ["kept"]]);
    },
  ],
  [
    "promise 5 › run anew: an attach is told, not recovered with a position, lost without one",
    async ({ backend, restart }, { leaseMs, ...more }) => {
      // Longer than a restart takes.
      const limits = { ...more, leaseMs: Math.max(leaseMs, 10_000) };
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      await publishOk(backend, "tea", one, "a", limits);
      await restart();
      const place = await attachOk(backend, "tea", two, limits, two.epoch + 3);
      assert.equal(place.recovered, false);
      assert.deepEqual(bodiesOf(place.log), []);
      // A WELCOME may be lost on its way too: until a pong has proven it, the loss is told again.
      assert.equal((await attachOk(backend, "tea", two, limits, two.epoch + 3)).recovered, false);
      assert.equal((await attachOk(backend, "tea", two, limits, 0)).recovered, false);
      const known = await attachOk(backend, "tea", two, limits, place.epoch + place.replayAfter);
      assert.equal(known.recovered, true);
      await publishOk(backend, "tea", one, "b", limits);
      const n = await publishOk(backend, "tea", one, "c", limits);
      // The proof that tells so also says what the client has.
      isRenewed(await backend.renew("tea", two.session, holderOf(known, { cursor: n - 1 }), limits));
      const proven = await attachOk(backend, "tea", two, limits);
      assert.deepEqual([proven.recovered, bodiesOf(proven.log)], [true, ["c"]]);
      const lost = await attachLost(backend, "tea", one, limits);
      isRenewed(await backend.renew("tea", one.session, { ...lost, seenAt: 0 }, limits));
      const next = await attachOk(backend, "tea", one, limits);
      assert.deepEqual([next.generation, next.recovered], [1, true]);
    },
  ],
  [
    "promise 5 › run anew: an attach that was told twice goes on, though no close of its client ever echoed",
    async ({ backend, restart }, { leaseMs, ...more }) => {
      const limits = { ...more, leaseMs: Math.max(leaseMs, 10_000) };
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      await publishOk(backend, "tea", one, "a", limits);
      await restart();
      await publishOk(backend, "tea", one, "b", limits);
      await attachLost(backend, "tea", two, limits);
      await attachLost(backend, "tea", two, limits);
      const place = await attachOk(backend, "tea", two, limits);
      assert.deepEqual([place.generation, place.recovered, bodiesOf(place.log)], [1, true, ["b"]]);
    },
  ],
];
