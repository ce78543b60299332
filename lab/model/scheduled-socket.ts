import type { Scheduler } from "fast-check";
import type { Attached } from "../../packages/server/src/calls/ports/backend.ts";
import type { CallEvent } from "../../packages/server/src/calls/feed/envelope.ts";
import type { CallFeed } from "../../packages/server/src/calls/feed/call-feed.ts";
import { greeting, nextTick, step } from "../../packages/server/src/calls/presence/presence.ts";
import type {
  Effect,
  Presence,
  PresenceEvent,
} from "../../packages/server/src/calls/presence/presence-state.ts";
import type { CloseReason } from "webrtc-signals-protocol";
import type {
  AttachContext,
  Attaching,
} from "../../packages/server/src/transports/websocket/attach-context.ts";
import { attach } from "../../packages/server/src/transports/websocket/attach.ts";
import { renew } from "../../packages/server/src/transports/websocket/renew.ts";
import { Lane, theCall } from "./scheduled-backend.ts";

/** What a client is sent. */
export type Frame =
  | { readonly is: "welcome"; readonly place: Attached }
  | { readonly is: "event"; readonly event: CallEvent }
  | { readonly is: "ping"; readonly number: number }
  | { readonly is: "close"; readonly reason: CloseReason };

/** A websocket without its network: frames arrive in their order, when the scheduler says so, or never. */
export class ScheduledSocket implements Attaching {
  dueSlot = Infinity;
  readonly call = theCall;
  readonly session: string;
  callFeed: CallFeed | undefined;
  readonly since: number | undefined;
  #presence: Presence;
  readonly #context: AttachContext;
  readonly #down: Lane;
  readonly #up: Lane;
  readonly #hear: (frame: Frame) => void;
  readonly #sends: (frame: Frame) => void;

  constructor(
    scheduler: Scheduler,
    context: AttachContext,
    session: string,
    since: number | undefined,
    sends: (frame: Frame) => void,
    hear: (frame: Frame) => void,
  ) {
    this.#context = context;
    this.session = session;
    this.since = since;
    this.#sends = sends;
    this.#hear = hear;
    this.#down = new Lane(scheduler, `to ${session}`);
    this.#up = new Lane(scheduler, `from ${session}`);
    this.#presence = greeting(context.now(), context.joinTimeoutMs);
    this.fromClient("handshake", () => this.drive({ type: "handshake", resumeAfter: since }));
  }

  get phase(): Presence["phase"] {
    return this.#presence.phase;
  }

  get seatNumber(): number {
    return this.#presence.phase === "seated" ? this.#presence.seatNumber : 0;
  }

  get generation(): number {
    return this.#presence.phase === "seated" ? this.#presence.generation : 0;
  }

  get lastEvent(): number {
    return this.#presence.phase === "seated" ? this.#presence.last : Infinity;
  }

  receive(event: CallEvent): void {
    this.drive({ type: "event", event, now: this.#context.now() });
  }

  end(reason: CloseReason): void {
    this.drive({ type: "end", reason });
  }

  lose(cursor: number): void {
    this.drive({ type: "lose", cursor });
  }

  verify(): void {
    this.drive({ type: "verify" });
  }

  drive(event: PresenceEvent): void {
    const [next, ...effects] = step(this.#presence, event, this.#context.presenceOptions);
    this.#presence = next;
    for (const effect of effects) this.#perform(effect);
    this.#context.wheel.schedule(this, nextTick(this.#presence, this.#context.presenceOptions));
  }

  terminate(): void {}

  once(): void {}

  /** What the client sends. */
  fromClient(what: string, arrive: () => void): void {
    this.#up.push(what, arrive);
  }

  /** The connection ends, and what is on its way is lost; `echoed` when the client's close answered ours. */
  ends(echoed: boolean): void {
    if (!echoed) this.#up.clear();
    this.#down.clear();
    this.fromClient("end", () => {
      this.drive({ type: "ended", echoed });
      this.#detach();
    });
  }

  #send(frame: Frame): void {
    this.#sends(frame);
    this.#down.push(frame.is, () => this.#hear(frame));
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case "attach":
        attach(this, effect.resumeAfter, this.#context).catch((error: unknown) =>
          this.#fail("attach", error),
        );
        return;
      case "welcome":
        return this.#send({ is: "welcome", place: effect.place });
      case "send":
        if (this.phase === "seated") this.#send({ is: "event", event: effect.event });
        return;
      case "ping":
        return this.#send({ is: "ping", number: effect.number });
      case "renew":
        renew(this, effect, this.#context).catch((error: unknown) => this.#fail("renew", error));
        return;
      case "close":
        this.#send({ is: "close", reason: effect.reason });
        this.#detach();
    }
  }

  #fail(where: string, error: unknown): void {
    this.#context.report({ event: "bug", where, error });
    this.end("bug");
  }

  #detach(): void {
    const { callFeed } = this;
    if (callFeed === undefined) return;
    this.callFeed = undefined;
    callFeed.remove(this);
    this.#context.callFeeds.exit(this.call);
  }
}
