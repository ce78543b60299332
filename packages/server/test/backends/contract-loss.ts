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
    async ({ backend, empty }, rules) => {
      const [one, two] = [await take(backend, "tea", rules), await take(backend, "tea", rules)];
      const places = [
        await attachOk(backend, "tea", one, rules),
        await attachOk(backend, "tea", two, rules),
      ] as const;
      await publishOk(backend, "tea", one, "a", rules);
      await empty();
      const first = await backend.renew("tea", one.session, holderOf(places[0]), rules);
      assert.equal(first.word, "lost");
      isRenewed(first);
      assert.ok(first.epoch > one.epoch + 3, "a position was used again");
      assert.equal((await backend.renew("tea", two.session, holderOf(places[1]), rules)).word, "lost");
      const lost = await attachLost(backend, "tea", one, rules);
      isRenewed(await backend.renew("tea", one.session, { ...lost, seenAt: 0 }, rules));
      const place = await attachOk(backend, "tea", one, rules);
      assert.deepEqual(
        eventsOf(place.log).map(({ kind, n }) => [kind, n]),
        [["PEER", 2]],
      );
      assert.equal(place.gen, 2);
      assert.equal((await backend.join("tea", session(), noBody, rules)).word, "full");
    },
  ],
  [
    "promise 1, 3 › data lost: never seated again past the lease, nor where there is no room",
    async ({ backend, empty, pass }, rules) => {
      const [one, two] = [await take(backend, "tea", rules), await take(backend, "tea", rules)];
      const place = await attachOk(backend, "tea", one, rules);
      const late = await attachOk(backend, "tea", two, rules);
      await empty();
      await take(backend, "tea", rules);
      await take(backend, "tea", rules);
      assert.equal((await backend.renew("tea", one.session, holderOf(place), rules)).word, "gone");
      await empty();
      await pass(rules.leaseMs);
      assert.equal((await backend.renew("tea", two.session, holderOf(late), rules)).word, "gone");
    },
  ],
  [
    "promise 12 › data lost: a seat is given back for a lease from now at most, whatever end it names",
    async ({ backend, empty }, rules) => {
      const place = await attachOk(backend, "tea", await take(backend, "tea", rules), rules);
      await empty();
      // As a failover answers whose clock is a minute behind.
      const holder = holderOf(place, { till: place.till + 60_000 });
      const reply = await backend.renew("tea", "session of a clock ahead", holder, rules);
      isRenewed(reply);
      assert.equal(reply.word, "lost");
      assert.ok(reply.till <= reply.now + rules.leaseMs, `held for ${reply.till - reply.now} ms`);
    },
  ],
  [
    "promise 3 › data lost: a session that only joined, or left, is gone",
    async ({ backend, empty }, rules) => {
      const seat = await take(backend, "tea", rules);
      await empty();
      assert.equal((await backend.attach("tea", seat.session, undefined, rules)).word, "gone");
      assert.equal((await backend.leave("tea", seat.session)).word, "gone");
      assert.equal((await backend.resync("tea", seat.epoch, 1)).word, "absent");
    },
  ],
  [
    "promise 5 › run anew: seats stay, the epoch is a later one, and renewals are told lost until the client was",
    async ({ backend, restart }, { leaseMs, ...more }) => {
      // Longer than a restart takes.
      const rules = { ...more, leaseMs: Math.max(leaseMs, 10_000) };
      const [one, two] = [await take(backend, "tea", rules), await take(backend, "tea", rules)];
      const place = await attachOk(backend, "tea", two, rules);
      await publishOk(backend, "tea", one, "a", rules);
      await restart();
      assert.equal((await backend.resync("tea", one.epoch, 3)).word, "other");
      const reply = await backend.renew("tea", two.session, holderOf(place), rules);
      assert.equal(reply.word, "lost");
      isRenewed(reply);
      assert.ok(reply.epoch + reply.head > two.epoch + 3, "a position was used again");
      assert.equal((await backend.join("tea", session(), noBody, rules)).word, "full");
      await publishOk(backend, "tea", one, "b", rules);
      assert.equal((await backend.renew("tea", two.session, holderOf(place), rules)).word, "lost");
      const lost = await attachLost(backend, "tea", two, rules);
      const told = await backend.renew("tea", two.session, { ...lost, gen: place.gen, seenAt: 0 }, rules);
      assert.equal(told.word, "ok");
      const next = await attachOk(backend, "tea", two, rules);
      assert.deepEqual(bodiesOf(next.log), ["b"]);
      const renewed = await backend.renew("tea", two.session, holderOf(next), rules);
      assert.equal(renewed.word, "ok");
    },
  ],
  [
    "promise 4 › run anew: the log stays as long as its call, also where a process with shorter leases begins it",
    async ({ backend, restart, pass }, { leaseMs, ...more }) => {
      const rules = { ...more, leaseMs: Math.max(leaseMs, 10_000) };
      const one = await take(backend, "tea", rules);
      await restart();
      const brief = { ...rules, leaseMs: 20 };
      const reply = await backend.publish("tea", one.session, "OFFER", bodyOf("kept"), brief);
      assert.ok(reply.word === "ok");
      await pass(100);
      const missed = await backend.resync("tea", reply.epoch, reply.n - 1);
      isMissed(missed);
      assert.deepEqual([missed.word, bodiesOf(missed.log)], ["ok", ["kept"]]);
    },
  ],
  [
    "promise 5 › run anew: an attach is told, not recovered with a position, lost without one",
    async ({ backend, restart }, { leaseMs, ...more }) => {
      // Longer than a restart takes.
      const rules = { ...more, leaseMs: Math.max(leaseMs, 10_000) };
      const [one, two] = [await take(backend, "tea", rules), await take(backend, "tea", rules)];
      await publishOk(backend, "tea", one, "a", rules);
      await restart();
      const place = await attachOk(backend, "tea", two, rules, two.epoch + 3);
      assert.equal(place.recovered, false);
      assert.deepEqual(bodiesOf(place.log), []);
      // A WELCOME may be lost on its way too: until a pong has proven it, the loss is told again.
      assert.equal((await attachOk(backend, "tea", two, rules, two.epoch + 3)).recovered, false);
      assert.equal((await attachOk(backend, "tea", two, rules, 0)).recovered, false);
      const known = await attachOk(backend, "tea", two, rules, place.epoch + place.from);
      assert.equal(known.recovered, true);
      await publishOk(backend, "tea", one, "b", rules);
      const n = await publishOk(backend, "tea", one, "c", rules);
      // The proof that tells so also says what the client has.
      isRenewed(await backend.renew("tea", two.session, holderOf(known, { cursor: n - 1 }), rules));
      const proven = await attachOk(backend, "tea", two, rules);
      assert.deepEqual([proven.recovered, bodiesOf(proven.log)], [true, ["c"]]);
      const lost = await attachLost(backend, "tea", one, rules);
      isRenewed(await backend.renew("tea", one.session, { ...lost, seenAt: 0 }, rules));
      const next = await attachOk(backend, "tea", one, rules);
      assert.deepEqual([next.gen, next.recovered], [1, true]);
    },
  ],
  [
    "promise 5 › run anew: an attach that was told twice goes on, though no close of its client ever echoed",
    async ({ backend, restart }, { leaseMs, ...more }) => {
      const rules = { ...more, leaseMs: Math.max(leaseMs, 10_000) };
      const [one, two] = [await take(backend, "tea", rules), await take(backend, "tea", rules)];
      await publishOk(backend, "tea", one, "a", rules);
      await restart();
      await publishOk(backend, "tea", one, "b", rules);
      await attachLost(backend, "tea", two, rules);
      await attachLost(backend, "tea", two, rules);
      const place = await attachOk(backend, "tea", two, rules);
      assert.deepEqual([place.gen, place.recovered, bodiesOf(place.log)], [1, true, ["b"]]);
    },
  ],
];
