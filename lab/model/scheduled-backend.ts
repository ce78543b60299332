import assert from "node:assert/strict";
import type { Scheduler } from "fast-check";
import { testableMemoryBackend } from "../../packages/server/src/testing.ts";
import {
  type AttachReply,
  type Backend,
  BackendError,
  type CallLimits,
  type ChannelListener,
  type Channels,
  type Holder,
} from "../../packages/server/src/calls/ports/backend.ts";
import { type CallEvent, decode, isControl } from "../../packages/server/src/calls/feed/envelope.ts";

/** Things that happen one after the other; the scheduler chooses what happens between them. */
export class Lane {
  #queue: (() => void)[] = [];
  readonly #scheduler: Scheduler;
  readonly #name: string;

  constructor(scheduler: Scheduler, name: string) {
    this.#scheduler = scheduler;
    this.#name = name;
  }

  push(what: string, happen: () => void): void {
    this.#queue.push(happen);
    void this.#scheduler
      .schedule(Promise.resolve(), `${this.#name}: ${what}`)
      .then(() => this.#queue.shift()?.());
  }

  /** What is on its way never arrives. */
  clear(): void {
    this.#queue = [];
  }
}

/**
 * One process's way to a backend, as over two connections: requests, replies and messages each keep their
 * order, and how they fall between each other is the scheduler's choice.
 */
export class ScheduledBackend implements Backend {
  readonly outlivesProcess = true;
  /** What the call's log has ever carried. */
  readonly history: CallEvent[] = [];
  /** The backend itself, as another process asks it. */
  readonly direct: Backend;
  readonly #attached: (session: string, reply: AttachReply) => void;
  readonly #renewed: (session: string, leaseEnd: number) => void;
  readonly #requests: Lane;
  readonly #replies: Lane;
  readonly #subscriptions: Lane;
  readonly #messages: Lane;
  /** What is subscribed, as this process wants it and as the backend has it. */
  readonly #wanted = new Set<string>();
  readonly #confirmed = new Set<string>();
  #isHearing = false;
  #listener: ChannelListener | undefined;
  #refusing = 0;

  /** `attached` and `renewed` are told what was answered, at the decision itself. */
  constructor(
    scheduler: Scheduler,
    now: () => number,
    attached: (session: string, reply: AttachReply) => void,
    renewed: (session: string, leaseEnd: number) => void,
  ) {
    this.#attached = attached;
    this.#renewed = renewed;
    this.direct = testableMemoryBackend(now);
    this.#requests = new Lane(scheduler, "request");
    this.#replies = new Lane(scheduler, "reply");
    this.#subscriptions = new Lane(scheduler, "subscription");
    this.#messages = new Lane(scheduler, "message");
    this.direct
      .open({
        message: (call, bytes) => this.#posted(call, bytes),
        lost: () => {},
        subscribed: () => {},
      })
      .subscribe(theCall);
  }

  /** The connection that hears breaks: what is on its way is lost, and all is subscribed again. */
  cut(): void {
    this.#confirmed.clear();
    this.#subscriptions.clear();
    this.#messages.clear();
    this.#isHearing = false;
    this.#listener?.lost();
    for (const call of this.#wanted) this.#ask(call);
  }

  /** The next so many requests are not sent. */
  refuse(count: number): void {
    this.#refusing = Math.max(0, this.#refusing + count);
  }

  async join(...asked: Parameters<Backend["join"]>): ReturnType<Backend["join"]> {
    return this.#delayed("join", async () => this.direct.join(...asked));
  }

  async publish(...asked: Parameters<Backend["publish"]>): ReturnType<Backend["publish"]> {
    return this.#delayed("publish", async () => this.direct.publish(...asked));
  }

  async attach(
    call: string,
    session: string,
    since: number | undefined,
    limits: CallLimits,
  ): Promise<AttachReply> {
    assert.ok(this.#isHearing, "promise 9 › an attach was asked for before this process heard the call");
    return this.#delayed("attach", async () => {
      const reply = await this.direct.attach(call, session, since, limits);
      this.#attached(session, reply);
      if ("leaseEnd" in reply) this.#renewed(session, reply.leaseEnd);
      return reply;
    });
  }

  async renew(
    call: string,
    session: string,
    holder: Holder,
    limits: CallLimits,
  ): ReturnType<Backend["renew"]> {
    return this.#delayed("renew", async () => {
      const reply = await this.direct.renew(call, session, holder, limits);
      if ("leaseEnd" in reply) this.#renewed(session, reply.leaseEnd);
      return reply;
    });
  }

  async holds(call: string, session: string): ReturnType<Backend["holds"]> {
    return this.#delayed("holds", async () => this.direct.holds(call, session));
  }

  async leave(call: string, session: string): ReturnType<Backend["leave"]> {
    return this.#delayed("leave", async () => this.direct.leave(call, session));
  }

  async resync(call: string, epoch: number, since: number): ReturnType<Backend["resync"]> {
    return this.#delayed("resync", async () => this.direct.resync(call, epoch, since));
  }

  release(call: string, session: string): void {
    this.direct.release(call, session);
  }

  open(listener: ChannelListener): Channels {
    this.#listener = listener;
    return {
      subscribe: (call) => {
        this.#wanted.add(call);
        this.#ask(call);
      },
      unsubscribe: (call) => {
        this.#wanted.delete(call);
        this.#isHearing = false;
        this.#subscriptions.push(`unsubscribe`, () => this.#confirmed.delete(call));
      },
      close: async () => {},
    };
  }

  async reachable(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    await this.direct.close();
  }

  #ask(call: string): void {
    this.#subscriptions.push("subscribe", () => {
      this.#confirmed.add(call);
      this.#messages.push("subscribed", () => {
        // As the driver has it: a confirmation of what is not wanted any more says nothing.
        if (!this.#wanted.has(call)) return;
        this.#isHearing = true;
        this.#listener?.subscribed(call);
      });
    });
  }

  #posted(call: string, bytes: Uint8Array): void {
    const envelope = decode(bytes);
    assert.ok(envelope !== undefined);
    if (!isControl(envelope)) this.history.push(envelope);
    if (!this.#confirmed.has(call)) return;
    const what = `${envelope.kind} ${isControl(envelope) ? `v${envelope.version}` : envelope.eventCount}`;
    this.#messages.push(what, () => this.#listener?.message(call, bytes));
  }

  async #delayed<Reply>(verb: string, decide: () => Promise<Reply>): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#refusing > 0) {
        this.#refusing -= 1;
        return this.#replies.push(`${verb}, unsent`, () => reject(new BackendError("unsent")));
      }
      this.#requests.push(verb, () => {
        const reply = decide();
        this.#replies.push(verb, () => void reply.then(resolve, reject));
      });
    });
  }
}

/** The call that everything is about. */
export const theCall = "tea";
