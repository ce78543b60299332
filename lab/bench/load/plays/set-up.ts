import { bodyOf } from "../body.ts";
import type { Peer, SignalKind } from "../dialect.ts";
import { loopAsync } from "../loop.ts";
import type { Outcome, Until } from "../orders.ts";
import type { Visitor } from "../visitor.ts";
import type { Websocket } from "../websocket.ts";

/** Sets up whole calls, one after the other in each slot. */
export function setUp(visitor: Visitor, slots: number, until: Until): Promise<Outcome> {
  return loopAsync(slots, until, visitor, () => setUpCall(visitor));
}

/** Two joins, two attaches, an offer, an answer, ten candidates each way, a leave; and the end of both websockets. */
async function setUpCall(visitor: Visitor): Promise<void> {
  const call = visitor.newName();
  const one = await attached(visitor, call);
  const two = await attached(visitor, call);
  await tell(visitor, two, one, "OFFER", description);
  await tell(visitor, one, two, "ANSWER", description);
  await Promise.all([trickle(visitor, one, two), trickle(visitor, two, one)]);
  const leave = visitor.dialect.leave?.(one.peer);
  if (leave !== undefined) await visitor.ask(leave);
  await Promise.all([one.websocket.close(), two.websocket.close()]);
}

interface Attached {
  readonly peer: Peer;
  readonly websocket: Websocket;
}

async function attached(visitor: Visitor, call: string): Promise<Attached> {
  const peer = await visitor.join(call);
  return { peer, websocket: await visitor.attach(peer) };
}

async function trickle(visitor: Visitor, from: Attached, to: Attached): Promise<void> {
  for (let n = 0; n < candidatesEach; n += 1) await tell(visitor, from, to, "CANDIDATE", candidate);
}

/** Sends a signal; resolves when it was heard and, where signals are answered, answered. */
async function tell(
  { dialect, ask }: Visitor,
  from: Attached,
  to: Attached,
  kind: SignalKind,
  body: string,
): Promise<void> {
  const signal = dialect.signal(from.peer, to.peer, kind, body);
  const heard = new Promise<void>((resolve) => {
    to.websocket.heard = (bytes) => {
      // What is shorter tells of a peer, and carries no body.
      if (bytes >= body.length) resolve();
    };
  });
  if (dialect.posts) await ask(signal);
  else from.websocket.send(signal);
  await heard;
}

const candidatesEach = 10;
const description = bodyOf(3 * 1024);
const candidate = bodyOf(160);
