import type { CloseReason, EventCount, SequenceNumber } from "webrtc-signals-protocol";
import { type AttachContext, attachSession } from "../attach.ts";
import type { CallFeeds } from "../feed/call-feeds.ts";
import type { CallFeed, Receiver } from "../feed/call-feed.ts";
import type { CallEvent } from "../feed/envelope.ts";
import type { Holder } from "../ports/backend.ts";
import { renewSeat } from "../renew.ts";
import type { Connection } from "./connection.ts";
import { greeting, nextTick, step } from "./presence.ts";
import type { Effect, Presence, PresenceEvent, PresenceOptions } from "./presence-state.ts";

/**
 * The presence of one websocket, from its opening to its end: passes what happens to the state machine (`presence.ts`)
 * and performs the effects that it returns. It decides nothing itself.
 */
export class PresenceDriver implements Receiver {
  /** Belongs to `PresenceContext.deadlines`. */
  dueSlot = Infinity;
  /** Known from the handshake on. */
  call = "";
  session = "";

  #presence: Presence;
  #whenEnded: (() => void) | undefined;
  /** The feed of its call, from the handshake to the close. */
  #callFeed: CallFeed | undefined;
  readonly #connection: Connection;
  readonly #context: PresenceContext;

  /** Starts to wait for the handshake. */
  constructor(connection: Connection, context: PresenceContext) {
    this.#connection = connection;
    this.#context = context;
    this.#presence = greeting(context.now(), context.joinTimeoutMs);
    context.drivers.add(this);
    this.#schedule();
  }

  get phase(): Presence["phase"] {
    return this.#presence.phase;
  }

  get isAttaching(): boolean {
    return this.#presence.phase === "attaching";
  }

  get seatNumber(): EventCount {
    return this.#presence.phase === "seated" ? this.#presence.seatNumber : 0;
  }

  get generation(): number {
    return this.#presence.phase === "seated" ? this.#presence.generation : 0;
  }

  /** A websocket that is not seated needs no more events. */
  get lastEvent(): EventCount {
    return this.#presence.phase === "seated" ? this.#presence.last : Infinity;
  }

  /** The client sent its handshake. `resumeAfter`: see `attachSession`. */
  handshake(call: string, session: string, resumeAfter: SequenceNumber | undefined): void {
    this.call = call;
    this.session = session;
    this.#drive({ type: "handshake", resumeAfter });
  }

  /** The client responded to a ping. `cameAt` is when the pong arrived at the earliest, in monotonic milliseconds. */
  pong(number: number, cameAt: number): void {
    this.#drive({ type: "pong", number, cameAt, now: this.#context.now() });
  }

  tick(now: number): void {
    this.#drive({ type: "tick", now });
  }

  receive(event: CallEvent): void {
    this.#drive({ type: "event", event, now: this.#context.now() });
  }

  end(reason: CloseReason): void {
    this.#drive({ type: "end", reason });
  }

  lose(cursor: EventCount): void {
    this.#drive({ type: "lose", cursor });
  }

  verify(): void {
    this.#drive({ type: "verify" });
  }

  /** Closes the websocket because this process stops. `lasting`: its seat outlives the process. */
  drain(lasting: boolean): void {
    this.#drive({ type: "drain", lasting, now: this.#context.now() });
  }

  terminate(): void {
    this.#connection.terminate();
  }

  /** Resolves when the websocket has ended. */
  whenEnded(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenEnded = resolve;
      if (this.#presence.phase === "ended") resolve();
    });
  }

  /** The websocket has ended. `echoed`: the client's close frame repeated ours, so it has everything that was sent. */
  ended(echoed: boolean): void {
    this.#drive({ type: "ended", echoed });
    this.#leaveFeed();
    this.#context.drivers.delete(this);
    this.#whenEnded?.();
  }

  #drive(event: PresenceEvent): void {
    const [next, ...effects] = step(this.#presence, event, this.#context.presenceOptions);
    this.#presence = next;
    // WELCOME and the replay go out together.
    if (effects.length > 1) this.#connection.cork();
    for (const effect of effects) this.#perform(effect);
    if (effects.length > 1) this.#connection.uncork();
    this.#schedule();
  }

  #schedule(): void {
    this.#context.deadlines.schedule(this, nextTick(this.#presence, this.#context.presenceOptions));
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case "attach":
        this.#attach(effect.resumeAfter).catch((error: unknown) => this.#fail("attach", error));
        return;
      case "welcome":
        return this.#connection.sendWelcome(effect.attached);
      case "send":
        return this.#send(effect.event);
      case "ping":
        return this.#connection.sendPing(effect.number);
      case "renew":
        this.#renew(effect).catch((error: unknown) => this.#fail("renew", error));
        return;
      case "close":
        return this.#close(effect.reason);
    }
  }

  async #attach(resumeAfter: SequenceNumber | undefined): Promise<void> {
    const callFeed = this.#context.callFeeds.acquire(this.call);
    this.#callFeed = callFeed;
    const outcome = await attachSession(this.#context, this, callFeed, resumeAfter);
    switch (outcome.word) {
      case "ended":
        return;
      case "away":
        return this.#drive({ type: "refused", reason: "backend failure" });
      case "gone":
        return this.#drive({ type: "refused", reason: "bad seat" });
      case "lost":
        return this.#drive({ type: "lost", unreportedLoss: outcome });
      case "ok": {
        const { attached, events, leaseLeftMs, sentAt, subscription } = outcome;
        const { now, random } = this.#context;
        this.#drive({
          type: "attached",
          attached,
          leaseLeftMs,
          events,
          sentAt,
          now: now(),
          jitter: random(),
        });
        if (this.#presence.phase === "seated") callFeed.add(this, attached, subscription);
      }
    }
  }

  async #renew(holder: Holder): Promise<void> {
    const outcome = await renewSeat(this.#context, this.call, this.session, holder);
    const now = this.#context.now();
    if (outcome.word === "away") return this.#drive({ type: "unrenewed", now });
    const { reply, sentAt } = outcome;
    this.#drive({ type: "renewed", reply, sentAt, now });
    if (reply.word === "ok") this.#callFeed?.checkPosition(reply.epoch, reply.head, reply.version);
  }

  #send(event: CallEvent): void {
    // The next attach replays the events that were not sent before the close.
    if (this.#presence.phase !== "seated") return;
    const isTooSlow = this.#connection.bufferedBytes > this.#context.sendBufferBytes;
    if (isTooSlow) return this.#drive({ type: "unsent", eventCount: event.eventCount });
    this.#connection.sendEvent(event);
  }

  #close(reason: CloseReason): void {
    this.#context.report({ event: "closed", reason });
    this.#connection.closeFor(reason);
    // What follows a flood is more of it, not worth reading even for the echo of the close.
    if (reason === "flood") this.#connection.pause();
    this.#leaveFeed();
  }

  /** Internal error: this websocket ends, and the process continues. */
  #fail(where: string, error: unknown): void {
    this.#context.report({ event: "bug", where, error });
    this.end("bug");
  }

  /** Stops receiving the call feed. Idempotent. */
  #leaveFeed(): void {
    const callFeed = this.#callFeed;
    if (callFeed === undefined) return;
    this.#callFeed = undefined;
    callFeed.remove(this);
    this.#context.callFeeds.release(this.call);
  }
}

/** What all websockets of a process share. */
export interface PresenceContext extends AttachContext {
  readonly callFeeds: CallFeeds;
  readonly presenceOptions: PresenceOptions;
  readonly deadlines: Deadlines;
  readonly drivers: Set<PresenceDriver>;
  /** What may wait for a slow client, in bytes, before its websocket is closed. */
  readonly sendBufferBytes: number;
  /** How long an open websocket may take to send its handshake, in milliseconds. */
  readonly joinTimeoutMs: number;
  /** A random number from 0 to 1. */
  readonly random: () => number;
}

/** Calls `PresenceDriver.tick` at or soon after a time. */
export interface Deadlines {
  /** `at` is in monotonic milliseconds; an earlier call may come, and changes nothing. */
  schedule(driver: PresenceDriver, at: number): void;
}
