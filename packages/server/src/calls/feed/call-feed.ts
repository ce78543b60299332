import type { CloseReason, EventCount } from "webrtc-signals-protocol";
import { type Attached, type Backend, BackendError, type Missed } from "../ports/backend.ts";
import type { Reporter } from "../ports/telemetry.ts";
import { type CallEvent, type Control, decode, isControl } from "./envelope.ts";
import {
  idle,
  isBehind,
  type Position,
  type Question,
  step,
  type SyncEffect,
  type SyncEvent,
} from "./sync.ts";

/** A websocket that receives a call feed. */
export interface Receiver {
  readonly seatNumber: EventCount;
  readonly generation: number;
  /** The event count up to which it has everything. */
  readonly lastEvent: EventCount;
  /** Takes an event in its order. It drops the events it has, its own echo, and events from before its join. */
  receive(event: CallEvent): void;
  /** A newer websocket has replaced it, or its session has left. */
  end(reason: CloseReason): void;
  /** Events for it were trimmed from the log: the events it can still receive begin after `cursor`. */
  lose(cursor: EventCount): void;
  /** The call is not the one it attached to: its next renewal decides what becomes of it. */
  verify(): void;
}

/**
 * One call's events as this process receives them. It performs the effects of `sync.ts`, which puts the messages in
 * order, detects gaps and fills them from the log.
 */
export class CallFeed {
  #state = idle;
  readonly #receivers = new Set<Receiver>();
  /** The receivers for which the comparison in flight was started. */
  #compared: readonly Receiver[] = [];
  /** Counts the subscriptions: each loss of the channel ends one. */
  #subscriptions = 0;
  #isSubscribed = false;
  #waiting: (() => void)[] = [];
  #behindCheck: { cancel(): void } | undefined;

  readonly #call: string;
  readonly #context: CallFeedContext;

  constructor(call: string, context: CallFeedContext) {
    this.#call = call;
    this.#context = context;
  }

  /** Takes a message from the call's channel. */
  message(bytes: Uint8Array): void {
    const envelope = decode(bytes);
    if (envelope !== undefined) this.#drive({ type: "message", envelope });
  }

  /** The channel may have lost messages: nothing is delivered until the log has been compared. */
  lost(): void {
    this.#isSubscribed = false;
    this.#drive({ type: "lost" });
  }

  /** The channel is subscribed, for the first time or again. */
  subscribed(): void {
    if (!this.#isSubscribed) this.#subscriptions += 1;
    this.#isSubscribed = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
    this.#drive({ type: "subscribed" });
  }

  /**
   * Waits until this process is subscribed to the call, and returns the number of the subscription, for `add`.
   * @throws BackendError `unsent` when the subscription is not confirmed within `waitMs`.
   */
  async whenSubscribed(waitMs: number): Promise<number> {
    if (!this.#isSubscribed) {
      await new Promise<void>((resolve) => {
        const tooLate = this.#context.later(waitMs, resolve);
        this.#waiting.push(() => {
          tooLate.cancel();
          resolve();
        });
      });
    }
    if (!this.#isSubscribed) throw new BackendError("unsent");
    return this.#subscriptions;
  }

  /** Adds a receiver whose replay has been sent. `subscription` is what `whenSubscribed` returned before its attach. */
  add(receiver: Receiver, attached: Attached, subscription: number): void {
    const isSame = subscription === this.#subscriptions;
    const channel = !this.#isSubscribed ? "lost" : isSame ? "same" : "newer";
    this.#drive({ type: "added", receiver, attached, channel });
  }

  remove(receiver: Receiver): void {
    this.#receivers.delete(receiver);
    if (this.#receivers.size === 0) this.#drive({ type: "emptied" });
  }

  /**
   * A renewal returned how far the call has advanced. A process that remains behind for over 50 ms has missed a message,
   * so it compares with the log. Nothing polls.
   */
  checkPosition(epoch: number, last: EventCount, version: number): void {
    const position = { epoch, last, version };
    if (this.#behindCheck !== undefined || !this.#isBehind(position)) return;
    this.#behindCheck = this.#context.later(behindMs, () => {
      this.#behindCheck = undefined;
      this.#drive({ type: "behind", position });
    });
  }

  #isBehind(position: Position): boolean {
    return this.#state.phase !== "idle" && isBehind(this.#state.position, position);
  }

  #drive(event: SyncEvent<Receiver>): void {
    const [next, ...effects] = step(this.#state, event);
    this.#state = next;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: SyncEffect<Receiver>): void {
    switch (effect.do) {
      case "deliver":
        for (const receiver of this.#receivers) receiver.receive(effect.event);
        return;
      case "end":
        return this.#end(effect.control);
      case "add":
        this.#receivers.add(effect.receiver);
        return;
      case "compare":
        void this.#compare(effect.question);
        return;
      case "fill":
        this.#fill(effect.missed);
        return this.#drive({ type: "settled", question: effect.question });
      case "verify":
        return this.#verifyAll();
      case "retry":
        this.#context.later(retryMs, () => this.#drive({ type: "retry" }));
    }
  }

  #end(control: Control): void {
    for (const receiver of this.#receivers) {
      if (receiver.seatNumber !== control.seatNumber) continue;
      if (control.kind === "left") receiver.end("left");
      else if (receiver.generation < control.generation) receiver.end("replaced");
    }
  }

  async #compare(question: Question): Promise<void> {
    this.#compared = [...this.#receivers];
    const { epoch, last } = question.position;
    const after = Math.min(last, ...this.#compared.map((receiver) => receiver.lastEvent));
    const { backend, report, now, nextOperation } = this.#context;
    const operation = nextOperation();
    const startedAt = now();
    try {
      const reply = await backend.resync(this.#call, epoch, after);
      report({ event: "resync", outcome: reply.word, operation, durationMs: now() - startedAt });
      if (reply.word === "ok" || reply.word === "trimmed")
        this.#drive({ type: "filled", question, missed: reply });
      else this.#drive({ type: "ended", question });
    } catch (error) {
      if (!(error instanceof BackendError)) report({ event: "bug", where: "resync", error });
      report({ event: "resync", outcome: "away", operation, durationMs: now() - startedAt });
      // After an unexpected error the comparison that follows might not have been started.
      const current = this.#state.phase === "filling" ? this.#state.question : question;
      this.#drive({ type: "unfilled", question: error instanceof BackendError ? question : current });
    }
  }

  #fill({ head, live, log }: Missed): void {
    const first = head - log.length;
    // Receivers whose seat is gone or whose websocket was replaced end first, before any later event.
    for (const receiver of this.#compared) {
      if (!this.#receivers.has(receiver)) continue;
      const generation = live.get(receiver.seatNumber);
      // The session left, or its lease ended: its own renewal decides which.
      if (generation === undefined) {
        this.#receivers.delete(receiver);
        receiver.verify();
      } else if (generation > receiver.generation) receiver.end("replaced");
      else if (receiver.lastEvent < first) receiver.lose(first);
    }
    for (const bytes of log) {
      const event = decode(bytes);
      if (event === undefined || isControl(event)) continue;
      for (const receiver of this.#compared) if (this.#receivers.has(receiver)) receiver.receive(event);
    }
  }

  #verifyAll(): void {
    const orphans = [...this.#receivers];
    this.#receivers.clear();
    for (const orphan of orphans) orphan.verify();
  }
}

/** What the call feeds of a process share. */
export interface CallFeedContext {
  readonly backend: Pick<Backend, "resync">;
  readonly report: Reporter;
  readonly later: Later;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Returns the number of a new operation, which its report carries. */
  readonly nextOperation: () => number;
}

/** Runs something after a delay, unless it is cancelled or the service has ended by then. Passed in: no timers are set here. */
export type Later = (delayMs: number, run: () => void) => { cancel(): void };

/** How long a message may be in transit before it counts as missed. */
const behindMs = 50;
/** Delay before a comparison that the backend did not respond to is repeated. */
const retryMs = 250;
