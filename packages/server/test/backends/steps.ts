import assert from "node:assert/strict";
import type {
  AttachReply,
  Backend,
  Body,
  CallLimits,
  Holder,
  RenewReply,
  ResyncReply,
  UnreportedLoss,
} from "../../src/calls/ports/backend.ts";
import { type CallEvent, decode, isControl } from "../../src/calls/feed/envelope.ts";

let minted = 0;

/** A session nobody has had. */
export function session(): string {
  minted += 1;
  return `session-${minted}`;
}

export function bodyOf(text: string): Body {
  return Buffer.from(JSON.stringify(text));
}

export const noBody: Body = new Uint8Array();

/** A seat that a test holds. */
export interface Seat {
  readonly session: string;
  readonly seatNumber: number;
  readonly epoch: number;
  readonly leaseEnd: number;
  readonly now: number;
}

export async function take(
  backend: Backend,
  call: string,
  limits: CallLimits,
  introduction: Body = noBody,
): Promise<Seat> {
  const minting = session();
  const reply = await backend.join(call, minting, introduction, limits);
  assert.ok(reply.word === "ok");
  const { seatNumber, epoch, leaseEnd, now } = reply;
  return { session: minting, seatNumber, epoch, leaseEnd, now };
}

export type Ok<Reply> = Extract<Reply, { readonly word: "ok" }>;

export async function attachOk(
  backend: Backend,
  call: string,
  seat: Seat,
  limits: CallLimits,
  since?: number,
): Promise<Ok<AttachReply>> {
  const reply = await backend.attach(call, seat.session, since, limits);
  assert.ok(reply.word === "ok", `attach answered ${reply.word}`);
  return reply;
}

/** The loss that an attach without a position must tell. */
export async function attachLost(
  backend: Backend,
  call: string,
  seat: Seat,
  limits: CallLimits,
): Promise<UnreportedLoss> {
  const reply = await backend.attach(call, seat.session, undefined, limits);
  assert.ok(reply.word === "lost", `attach answered ${reply.word}`);
  const { epoch, cursor, generation } = reply;
  return { epoch, cursor, generation, leaseEnd: 0 };
}

/** What a websocket that attached would say of itself in a renewal. */
export function holderOf(attached: Ok<AttachReply>, more: Partial<Holder> = {}): Holder {
  const { generation, replayAfter: cursor, epoch, leaseEnd, now: seenAt } = attached;
  return { generation, cursor, epoch, leaseEnd, seenAt, ...more };
}

export function isRenewed(
  reply: RenewReply,
): asserts reply is Extract<RenewReply, { readonly leaseEnd: number }> {
  assert.ok(reply.word === "ok" || reply.word === "lost", `renew answered ${reply.word}`);
}

export function isMissed(
  reply: ResyncReply,
): asserts reply is Extract<ResyncReply, { readonly head: number }> {
  assert.ok(reply.word === "ok" || reply.word === "trimmed", `resync answered ${reply.word}`);
}

/** The events of a log, decoded. */
export function eventsOf(log: readonly Uint8Array[]): CallEvent[] {
  return log.map((bytes) => {
    const envelope = decode(bytes);
    assert.ok(envelope !== undefined && !isControl(envelope));
    return envelope;
  });
}

/** The bodies of a log, as the strings they say; PEER without an introduction reads `PEER`. */
export function bodiesOf(log: readonly Uint8Array[]): string[] {
  return eventsOf(log).map(({ kind, body }) =>
    body.length === 0 ? kind : JSON.parse(Buffer.from(body).toString()),
  );
}

export async function publishOk(
  backend: Backend,
  call: string,
  seat: Seat,
  text: string,
  limits: CallLimits,
): Promise<number> {
  const reply = await backend.publish(call, seat.session, "OFFER", bodyOf(text), limits);
  assert.ok(reply.word === "ok", `publish answered ${reply.word}`);
  return reply.eventCount;
}
