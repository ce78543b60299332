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
  publishOk,
  take,
} from "./steps.ts";

/** Taking a place in a call's order, and going on from it. */
export const attachContract: readonly Clause[] = [
  [
    "promise 4, 6 › the first attach replays what came after the session's own join, and nothing before",
    async ({ backend }, limits) => {
      const one = await take(backend, "tea", limits);
      await publishOk(backend, "tea", one, "before", limits);
      const two = await take(backend, "tea", limits);
      await publishOk(backend, "tea", one, "after", limits);
      const place = await attachOk(backend, "tea", two, limits);
      assert.deepEqual(bodiesOf(place.log), ["after"]);
      const { replayAfter, head, seatNumber, generation, recovered, epoch } = place;
      assert.deepEqual(
        { replayAfter, head, seatNumber, generation, recovered },
        { replayAfter: 3, head: 4, seatNumber: 3, generation: 1, recovered: true },
      );
      assert.equal(epoch, two.epoch);
    },
  ],
  [
    "promise 8 › PEER stands in the log once for each join, with its introduction",
    async ({ backend }, limits) => {
      const one = await take(backend, "tea", limits);
      await take(backend, "tea", limits, bodyOf("I am two"));
      const place = await attachOk(backend, "tea", one, limits);
      const peers = eventsOf(place.log);
      assert.deepEqual(
        peers.map(({ kind, eventCount, sender }) => ({ kind, eventCount, sender })),
        [{ kind: "PEER", eventCount: 2, sender: 2 }],
      );
      assert.deepEqual(bodiesOf(place.log), ["I am two"]);
      assert.deepEqual(bodiesOf((await attachOk(backend, "tea", one, limits, 0)).log), ["I am two"]);
    },
  ],
  [
    "promise 4 › without a position the replay starts at the cursor, which only proof raises",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      for (const text of ["a", "b", "c"]) await publishOk(backend, "tea", one, text, limits);
      const place = await attachOk(backend, "tea", two, limits);
      assert.deepEqual(bodiesOf(place.log), ["a", "b", "c"]);
      const again = await attachOk(backend, "tea", two, limits);
      assert.deepEqual(bodiesOf(again.log), ["a", "b", "c"]);
      isRenewed(await backend.renew("tea", two.session, holderOf(again, { cursor: 3 }), limits));
      // A renewal that says less does not take it back, and one that says too much stops at the head.
      isRenewed(await backend.renew("tea", two.session, holderOf(again, { cursor: 1 }), limits));
      const third = await attachOk(backend, "tea", two, limits);
      assert.deepEqual(bodiesOf(third.log), ["b", "c"]);
      isRenewed(await backend.renew("tea", two.session, holderOf(third, { cursor: 400 }), limits));
      await publishOk(backend, "tea", one, "d", limits);
      assert.deepEqual(bodiesOf((await attachOk(backend, "tea", two, limits)).log), ["d"]);
    },
  ],
  [
    "promise 4 › with a position the replay starts there, also below the cursor; 0 is the session's join",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      for (const text of ["a", "b", "c"]) await publishOk(backend, "tea", one, text, limits);
      const after = async (since: number): Promise<string[]> =>
        bodiesOf((await attachOk(backend, "tea", two, limits, since)).log);
      assert.deepEqual(await after(two.epoch + 3), ["b", "c"]);
      assert.deepEqual(await after(two.epoch + 4), ["c"]);
      assert.deepEqual(await after(two.epoch + 2), ["a", "b", "c"]);
      assert.deepEqual(await after(0), ["a", "b", "c"]);
      // Never what came before the join, whatever is asked.
      assert.deepEqual(await after(two.epoch + 1), ["a", "b", "c"]);
    },
  ],
  [
    "promise 5 › a position this call never had is not recovered, and the replay starts at the cursor",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      await publishOk(backend, "tea", one, "a", limits);
      for (const since of [two.epoch + 4, two.epoch - 1, 1, Number.MAX_SAFE_INTEGER]) {
        const place = await attachOk(backend, "tea", two, limits, since);
        assert.equal(place.recovered, false, String(since));
        assert.deepEqual(bodiesOf(place.log), ["a"]);
      }
    },
  ],
  [
    "promise 5 › what the log has trimmed is told: not recovered with a position, lost without one, until it was told",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      for (let i = 1; i <= 10; i += 1) await publishOk(backend, "tea", one, String(i), limits);
      const place = await attachOk(backend, "tea", two, limits, 0);
      assert.equal(place.recovered, false);
      assert.deepEqual(bodiesOf(place.log), ["3", "4", "5", "6", "7", "8", "9", "10"]);
      assert.equal(place.replayAfter, 4);
      for (let i = 11; i <= 20; i += 1) await publishOk(backend, "tea", one, String(i), limits);
      const lost = await attachLost(backend, "tea", two, limits);
      assert.deepEqual(await attachLost(backend, "tea", two, limits), { ...lost });
      isRenewed(await backend.renew("tea", two.session, { ...lost, seenAt: 0 }, limits));
      const next = await attachOk(backend, "tea", two, limits);
      assert.deepEqual(bodiesOf(next.log), ["13", "14", "15", "16", "17", "18", "19", "20"]);
      assert.equal(next.generation, 2);
    },
  ],
  [
    "promise 10 › each attach raises the generation, and an older one's renewal answers replaced and changes nothing",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const older = await attachOk(backend, "tea", two, limits);
      await publishOk(backend, "tea", one, "a", limits);
      const newer = await attachOk(backend, "tea", two, limits);
      assert.deepEqual([older.generation, newer.generation], [1, 2]);
      assert.equal(newer.version, older.version + 1);
      const reply = await backend.renew(
        "tea",
        two.session,
        holderOf(older, { cursor: 3, seenAt: newer.now }),
        limits,
      );
      assert.equal(reply.word, "replaced");
      assert.deepEqual(bodiesOf((await attachOk(backend, "tea", two, limits)).log), ["a"]);
    },
  ],
  [
    "attach › renews the lease",
    async ({ backend, pass }, limits) => {
      const seat = await take(backend, "tea", limits);
      await pass(limits.leaseMs * 0.6);
      const place = await attachOk(backend, "tea", seat, limits);
      assert.equal(place.leaseEnd, place.now + limits.leaseMs);
      await pass(limits.leaseMs * 0.6);
      await attachOk(backend, "tea", seat, limits);
    },
  ],
  [
    "attach › answers gone for a session that holds no seat",
    async ({ backend }, limits) => {
      const seat = await take(backend, "tea", limits);
      assert.equal((await backend.attach("tea", "nobody", undefined, limits)).word, "gone");
      assert.equal((await backend.attach("coffee", seat.session, 0, limits)).word, "gone");
      await backend.leave("tea", seat.session);
      assert.equal((await backend.attach("tea", seat.session, undefined, limits)).word, "gone");
    },
  ],
  [
    "resync › answers what came after a count, who holds a seat, and where the call stands",
    async ({ backend, pass }, limits) => {
      const one = await take(backend, "tea", limits);
      await pass(limits.leaseMs / 2);
      const two = await take(backend, "tea", limits);
      await attachOk(backend, "tea", two, limits);
      const place = await attachOk(backend, "tea", two, limits);
      await publishOk(backend, "tea", one, "a", limits);
      const reply = await backend.resync("tea", one.epoch, 2);
      isMissed(reply);
      assert.equal(reply.word, "ok");
      assert.deepEqual(bodiesOf(reply.log), ["a"]);
      assert.deepEqual([reply.head, reply.version], [3, place.version]);
      assert.deepEqual(
        [...reply.live],
        [
          [1, 0],
          [2, 2],
        ],
      );
      await pass(limits.leaseMs / 2);
      const later = await backend.resync("tea", one.epoch, 3);
      isMissed(later);
      assert.deepEqual([...later.live], [[2, 2]]);
      assert.deepEqual(later.log, []);
    },
  ],
  [
    "resync › answers trimmed with all there is, other for another epoch, absent for no call",
    async ({ backend }, limits) => {
      const one = await take(backend, "tea", limits);
      for (let i = 1; i <= 10; i += 1) await publishOk(backend, "tea", one, String(i), limits);
      const reply = await backend.resync("tea", one.epoch, 2);
      isMissed(reply);
      assert.deepEqual([reply.word, reply.log.length], ["trimmed", 8]);
      assert.equal((await backend.resync("tea", one.epoch, 3)).word, "ok");
      assert.equal((await backend.resync("tea", one.epoch - 1, 2)).word, "other");
      assert.equal((await backend.resync("coffee", one.epoch, 2)).word, "absent");
    },
  ],
];
