import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Message } from "webrtc-signals-protocol";
import { join, signal, TestPeer } from "../../../../lab/wire/test-peer.ts";
import { makeOffer, type Posted, WeriftPeer } from "./werift-peer.ts";

/**
 * Two peers of a real WebRTC stack, one at each URL, open a data channel and talk both ways; each hears exactly
 * what the other posted.
 */
export async function openDataChannel(urlA: string, urlB: string): Promise<void> {
  const call = `talk ${randomUUID()}`;
  await using offerer = await WeriftPeer.enter([urlA], call);
  await using answerer = await WeriftPeer.enter([urlB], call);
  await talk(offerer, answerer);

  const welcome = { kind: "WELCOME", call };
  await offerer.signaling.until(() => offerer.signaling.heard.length >= 2 + answerer.posted.length);
  await answerer.signaling.until(() => answerer.signaling.heard.length >= 1 + offerer.posted.length);
  assert.deepEqual(offerer.signaling.heard, [welcome, { kind: "PEER", call }, ...answerer.posted]);
  assert.deepEqual(answerer.signaling.heard, [welcome, ...offerer.posted]);
  checkTrickle("OFFER", offerer.posted);
  checkTrickle("ANSWER", answerer.posted);
}

/**
 * Two peers enter by the first process, which `kill` ends when the OFFER has been heard and before it is answered:
 * by the seed's messages alone they attach to the other process and still connect.
 */
export async function connectAcrossKill(urls: readonly string[], kill: () => Promise<void>): Promise<void> {
  const call = `killed ${randomUUID()}`;
  await using offerer = await WeriftPeer.enter(urls, call);
  await using answerer = await WeriftPeer.enter(urls, call, { beforeAnswer: kill });
  await talk(offerer, answerer);
}

/** Both hear each other on the data channel. */
async function talk(offerer: WeriftPeer, answerer: WeriftPeer): Promise<void> {
  const [there, back] = await Promise.all([offerer.connected(), answerer.connected()]);
  const heardThere = back.onMessage.asPromise();
  there.send("are you there?");
  assert.deepEqual(await heardThere, ["are you there?"]);
  const heardBack = there.onMessage.asPromise();
  back.send("I am.");
  assert.deepEqual(await heardBack, ["I am."]);
}

/** A real description without candidates came first, and every candidate after it. */
function checkTrickle(kind: "OFFER" | "ANSWER", posted: readonly Posted[]): void {
  const [description, ...candidates] = posted;
  assert.equal(description?.kind, kind);
  const { sdp }: { sdp: string } = JSON.parse(description.body);
  assert.match(sdp, /^v=0\r\n/);
  assert.doesNotMatch(sdp, /a=candidate/);
  assert.ok(sdp.length > 2048, `the ${kind} has ${sdp.length} bytes`);
  assert.ok(candidates.length > 1);
  for (const candidate of candidates) assert.equal(candidate.kind, "CANDIDATE");
}

/**
 * On each of many calls the first peer offers the instant it hears PEER, and the second opens its websocket only
 * when that OFFER was answered 200: it hears it first of all, once and whole.
 */
export async function offerBeforeAttach(urlA: string, urlB: string, calls = 200): Promise<void> {
  const offer = await makeOffer();
  assert.ok(offer.length > 2048);
  const names = Array.from({ length: calls }, (_, number) => `early-${number}-${randomUUID()}`);
  const waiting = names.values();
  const failures: unknown[] = [];
  let arrived = 0;
  async function work(): Promise<void> {
    for (const call of waiting) {
      try {
        await offerOnce(urlA, urlB, call, offer.replace("s=-", `s=${call}`));
        arrived += 1;
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: 20 }, work));
  assert.deepEqual({ arrived, failures }, { arrived: calls, failures: [] });
}

async function offerOnce(urlA: string, urlB: string, call: string, body: string): Promise<void> {
  const offerer = await join(urlA, call);
  const first = await TestPeer.attach(urlA, offerer);
  const answered = new Promise<number>((resolve, reject) => {
    first.socket.on("message", (frame: Buffer) => {
      const { kind }: Message = JSON.parse(frame.toString());
      if (kind === "PEER") signal(urlA, offerer, "OFFER", body).then(resolve, reject);
    });
    first.socket.on("close", () => reject(new Error(`${call}: the offerer heard no PEER`)));
  });
  const answerer = await join(urlB, call);
  assert.equal(await answered, 200);

  const second = await TestPeer.attach(urlB, answerer);
  // Posted before the OFFER is waited for, so that one that is lost shows at once, and one that comes twice as well.
  assert.equal(await signal(urlA, offerer, "CANDIDATE", "next"), 200);
  assert.deepEqual(await second.next(), { kind: "OFFER", call, body });
  assert.deepEqual(await second.next(), { kind: "CANDIDATE", call, body: "next" });
  for (const peer of [first, second]) {
    peer.socket.close();
    await peer.closed;
  }
  assert.equal(first.heard.length, 2);
  assert.equal(second.heard.length, 3);
}
