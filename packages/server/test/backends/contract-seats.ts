import assert from "node:assert/strict";
import type { Clause } from "./contract.ts";
import {
  attachOk,
  bodiesOf,
  bodyOf,
  holderOf,
  isMissed,
  isRenewed,
  noBody,
  publishOk,
  session,
  take,
} from "./steps.ts";

/** Joining, publishing, renewing and leaving. */
export const seatContract: readonly Clause[] = [
  [
    "promise 1, 2 › a join answers ok while a seat is free and full when none is",
    async ({ backend }, limits) => {
      const first = await take(backend, "tea", limits);
      const second = await take(backend, "tea", limits);
      assert.deepEqual([first.seatNumber, second.seatNumber], [1, 2]);
      assert.equal(first.epoch, second.epoch);
      assert.equal(first.leaseEnd - first.now, limits.leaseMs);
      assert.equal((await backend.join("tea", session(), noBody, limits)).word, "full");
      await take(backend, "another", limits);
    },
  ],
  [
    "promise 1 › of many joins at once exactly as many as there are seats get one",
    async ({ backend }, limits) => {
      const joins = Array.from({ length: 40 }, () =>
        backend.join("tea", session(), noBody, { ...limits, seatCount: 7 }),
      );
      const words = (await Promise.all(joins)).map(({ word }) => word);
      assert.equal(words.filter((word) => word === "ok").length, 7);
    },
  ],
  [
    "promise 12 › a seat is free when its lease has ended, and not before",
    async ({ backend, pass }, limits) => {
      const seat = await take(backend, "tea", { ...limits, seatCount: 1 });
      let reply = await backend.join("tea", session(), noBody, { ...limits, seatCount: 1 });
      while (reply.word === "full") {
        assert.ok(reply.now < seat.leaseEnd, "full though the lease had ended");
        await pass(Math.max(1, Math.min(limits.leaseMs / 4, seat.leaseEnd - reply.now)));
        reply = await backend.join("tea", session(), noBody, { ...limits, seatCount: 1 });
      }
      assert.ok(reply.now >= seat.leaseEnd, "free though the lease still ran");
    },
  ],
  [
    "promise 3 › publish answers gone for a session that is unknown, of another call, or expired, and writes nothing",
    async ({ backend, pass }, limits) => {
      const seat = await take(backend, "tea", limits);
      const other = await take(backend, "coffee", limits);
      const publish = async (who: string): Promise<string> =>
        (await backend.publish("tea", who, "OFFER", bodyOf("x"), limits)).word;
      assert.equal(await publish("nobody"), "gone");
      assert.equal(await publish(other.session), "gone");
      assert.equal(
        (await backend.publish("unheard of", "nobody", "OFFER", bodyOf("x"), limits)).word,
        "gone",
      );
      assert.equal(await publish(seat.session), "ok");
      await pass(limits.leaseMs);
      assert.equal(await publish(seat.session), "gone");
      const late = await take(backend, "tea", limits);
      assert.equal(late.seatNumber, 3);
    },
  ],
  [
    "promise 7 › events have one dense order, whoever publishes",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const counts: number[] = [];
      for (const seat of [one, two, two, one])
        counts.push(await publishOk(backend, "tea", seat, "x", limits));
      assert.deepEqual(counts, [3, 4, 5, 6]);
    },
  ],
  [
    "publish › does not renew the lease",
    async ({ backend, pass }, limits) => {
      const seat = await take(backend, "tea", limits);
      await pass(limits.leaseMs * 0.6);
      await publishOk(backend, "tea", seat, "x", limits);
      await pass(limits.leaseMs * 0.4);
      assert.equal((await backend.attach("tea", seat.session, undefined, limits)).word, "gone");
    },
  ],
  [
    "publish › keeps a body byte for byte",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const literal = '"v=0\\r\\n\\u0000\\ud83d\\ude00 é 😀 \u2028 \\"quoted\\" \\\\"';
      await backend.publish("tea", one.session, "ANSWER", Buffer.from(literal), limits);
      const { log } = await attachOk(backend, "tea", two, limits);
      assert.equal(log.length, 1);
      assert.ok(
        Buffer.from(log[0] ?? [])
          .toString()
          .endsWith(`\n${literal}`),
      );
    },
  ],
  [
    "trimming › the log keeps to its entries and its bytes, but never loses its newest event",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const logNow = async (): Promise<string[]> => {
        const reply = await backend.resync("tea", one.epoch, 0);
        isMissed(reply);
        return bodiesOf(reply.log);
      };
      for (let i = 1; i <= 10; i += 1) await publishOk(backend, "tea", one, String(i), limits);
      assert.deepEqual(await logNow(), ["3", "4", "5", "6", "7", "8", "9", "10"]);
      // Bytes of UTF-8 count, not characters: three of these are over 4096 bytes.
      for (const letter of ["é", "ü", "ö"]) await publishOk(backend, "tea", two, letter.repeat(700), limits);
      assert.deepEqual(await logNow(), ["ü".repeat(700), "ö".repeat(700)]);
      await publishOk(backend, "tea", one, "x".repeat(5000), limits);
      assert.deepEqual(await logNow(), ["x".repeat(5000)]);
    },
  ],
  [
    "renew › lengthens the lease from the proof of life, never shortens it, and stores the cursor",
    async ({ backend, pass }, limits) => {
      const seat = await take(backend, "tea", limits);
      const place = await attachOk(backend, "tea", seat, limits);
      await pass(limits.leaseMs / 2);
      const asked = await backend.renew("tea", seat.session, holderOf(place, { seenAt: 0 }), limits);
      isRenewed(asked);
      assert.equal(asked.leaseEnd, place.leaseEnd);
      const seenAt = asked.now;
      await pass(limits.leaseMs / 4);
      const proven = await backend.renew("tea", seat.session, holderOf(place, { seenAt }), limits);
      isRenewed(proven);
      assert.equal(proven.leaseEnd, seenAt + limits.leaseMs);
      const early = await backend.renew(
        "tea",
        seat.session,
        holderOf(place, { seenAt: seenAt - 10 }),
        limits,
      );
      isRenewed(early);
      assert.equal(early.leaseEnd, proven.leaseEnd);
      const ahead = await backend.renew(
        "tea",
        seat.session,
        holderOf(place, { seenAt: seenAt + 1e9 }),
        limits,
      );
      isRenewed(ahead);
      assert.ok(ahead.leaseEnd <= ahead.now + limits.leaseMs, "a proof from the future lengthened the lease");
    },
  ],
  [
    "promise 3 › a renewal is not a join: an expired, a left and an unknown session stay gone",
    async ({ backend, pass }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const placeOne = await attachOk(backend, "tea", one, limits);
      const placeTwo = await attachOk(backend, "tea", two, limits);
      await backend.leave("tea", two.session);
      const word = async (who: string, place: typeof placeOne): Promise<string> =>
        (await backend.renew("tea", who, holderOf(place), limits)).word;
      // Its lease still ran, so it can only have left.
      assert.equal(await word(two.session, placeTwo), "left");
      assert.equal(await word(one.session, placeOne), "ok");
      await pass(limits.leaseMs);
      assert.equal(await word(one.session, placeOne), "gone");
      assert.equal((await backend.attach("tea", one.session, undefined, limits)).word, "gone");
    },
  ],
  [
    "leave › frees the seat at once, and a second time answers gone",
    async ({ backend }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      assert.equal((await backend.leave("tea", one.session)).word, "ok");
      assert.equal((await backend.leave("tea", one.session)).word, "gone");
      assert.equal((await backend.leave("coffee", two.session)).word, "gone");
      assert.equal((await backend.publish("tea", one.session, "OFFER", bodyOf("x"), limits)).word, "gone");
      const three = await take(backend, "tea", limits);
      assert.equal(three.seatNumber, 3);
    },
  ],
  [
    "promise 3 › holds answers ok for a live seat, and gone for one that left or expired, another call's and an unknown one",
    async ({ backend, pass }, limits) => {
      const [one, two] = [await take(backend, "tea", limits), await take(backend, "tea", limits)];
      const other = await take(backend, "coffee", limits);
      const words = async (...who: string[]): Promise<string[]> =>
        Promise.all(who.map(async (asked) => (await backend.holds("tea", asked)).word));
      assert.deepEqual(await words(one.session, two.session), ["ok", "ok"]);
      assert.deepEqual(await words(other.session, "nobody", ""), ["gone", "gone", "gone"]);
      assert.equal((await backend.holds("unheard of", one.session)).word, "gone");
      await backend.leave("tea", two.session);
      assert.deepEqual(await words(one.session, two.session), ["ok", "gone"]);
      const { now } = await backend.holds("tea", one.session);
      assert.ok(now >= one.now && now < one.leaseEnd, "the backend's own time");
      await pass(limits.leaseMs);
      assert.deepEqual(await words(one.session), ["gone"]);
    },
  ],
  [
    "holds › changes nothing and renews nothing",
    async ({ backend, pass, size }, limits) => {
      await backend.holds("unheard of", "nobody");
      assert.equal(await size(), 0);
      const seat = await take(backend, "tea", limits);
      const asked = await backend.resync("tea", seat.epoch, 0);
      await pass(limits.leaseMs * 0.6);
      assert.equal((await backend.holds("tea", seat.session)).word, "ok");
      const after = await backend.resync("tea", seat.epoch, 0);
      assert.deepEqual({ ...after, now: 0 }, { ...asked, now: 0 });
      await pass(limits.leaseMs * 0.4);
      assert.equal((await backend.attach("tea", seat.session, undefined, limits)).word, "gone");
    },
  ],
  [
    "promise 14 › two leases after its last seat nothing is left of a call",
    async ({ backend, pass, size }, limits) => {
      const seat = await take(backend, "tea", limits);
      const gone = await take(backend, "coffee", limits);
      await publishOk(backend, "tea", seat, "x", limits);
      await backend.leave("coffee", gone.session);
      assert.ok((await size()) > 0);
      await pass(limits.leaseMs * 3);
      assert.equal(await size(), 0);
    },
  ],
  [
    "promise 6 › calls with like names share nothing",
    async ({ backend }, limits) => {
      const names = [
        "a",
        "A",
        "a ",
        "{a}",
        "}a{",
        "a}b",
        "a:b",
        "*",
        "é",
        "e\u0301",
        "__proto__",
        "signals:1:{a}:s",
      ];
      for (const name of names) {
        const seat = await take(backend, name, limits);
        await publishOk(backend, name, seat, name, limits);
      }
      for (const name of names) assert.equal((await take(backend, name, limits)).seatNumber, 3, name);
    },
  ],
];
