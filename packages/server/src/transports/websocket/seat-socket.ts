import type { Writable } from "node:stream";
import { WebSocket } from "ws";
import type { Attached } from "../../calls/ports/backend.ts";
import type { CallEvent } from "../../calls/feed/envelope.ts";
import type { CallFeed } from "../../calls/feed/call-feed.ts";
import { greeting, nextTick, step } from "../../calls/presence/presence.ts";
import type { Effect, Presence, PresenceEvent } from "../../calls/presence/presence-state.ts";
import { type CloseReason, closes } from "webrtc-signals-protocol";
import type { AttachContext, Attaching } from "./attach-context.ts";
import { frameMessage, framePing } from "../frames.ts";
import { attach } from "./attach.ts";
import { isFlood, noTraffic } from "./flood.ts";
import { readHandshake } from "./handshake.ts";
import { renew } from "./renew.ts";
import { pauseMs } from "./wheel.ts";

/**
 * A websocket that holds a seat, or asks to. It tells the presence machine what happens and does
 * what the machine answers; it decides nothing itself.
 */
export class SeatSocket extends WebSocket implements Attaching {
  dueSlot = Infinity;
  /** Known once the handshake is read. */
  call = "";
  session = "";
  callFeed: CallFeed | undefined;

  #presence: Presence = { phase: "ended" };
  /** Whether the client gave a position, so that its frames carry `seq`. */
  #resumes = false;
  #closedFor: CloseReason | undefined;
  readonly #traffic = noTraffic();
  #context: AttachContext | undefined;
  #connection: Writable | undefined;

  /** Begins to wait for the handshake; `connection` is what the websocket writes to. */
  open(context: AttachContext, connection: Writable): void {
    this.#context = context;
    this.#connection = connection;
    this.#presence = greeting(context.now(), context.joinTimeoutMs);
    context.sockets.add(this);
    // Methods, which all websockets share, and not a closure for each: an emitter calls them on itself.
    /* oxlint-disable typescript/unbound-method */
    this.on("message", this.#onMessage);
    this.on("pong", this.#onPong);
    this.on("ping", this.#onPing);
    this.on("close", this.#onClose);
    this.on("error", this.#onError);
    /* oxlint-enable typescript/unbound-method */
    context.wheel.schedule(this, nextTick(this.#presence, context.presenceOptions));
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

  /** Nothing more is owed to a websocket that is not seated. */
  get lastEvent(): number {
    return this.#presence.phase === "seated" ? this.#presence.last : Infinity;
  }

  receive(event: CallEvent): void {
    this.drive({ type: "event", event, now: this.#now() });
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

  /** Takes one event through the machine and does what comes of it. */
  drive(event: PresenceEvent): void {
    const context = this.#context;
    if (context === undefined) return;
    const [next, ...effects] = step(this.#presence, event, context.presenceOptions);
    this.#presence = next;
    // WELCOME and what follows it go out at once.
    const connection = this.#connection;
    if (effects.length > 1) connection?.cork();
    for (const effect of effects) this.#perform(effect, context);
    if (effects.length > 1) connection?.uncork();
    context.wheel.schedule(this, nextTick(this.#presence, context.presenceOptions));
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#presence.phase !== "greeting") return this.#onFrame(data);
    const handshake = readHandshake(data, isBinary);
    if (typeof handshake === "string") return this.end(handshake);
    this.call = handshake.call;
    this.session = handshake.session;
    this.#resumes = handshake.resumeAfter !== undefined;
    this.drive({ type: "handshake", resumeAfter: handshake.resumeAfter });
  }

  #onPong(data: Buffer): void {
    this.#onFrame(data);
    const text = data.toString("latin1");
    const number = Number(text);
    // A pong carries exactly what its ping did (RFC 6455, section 5.5.3).
    if (String(number) === text)
      this.drive({ type: "pong", number, cameAt: this.#cameAt(), now: this.#now() });
  }

  #onPing(data: Buffer): void {
    this.#onFrame(data);
    this.pong(data);
  }

  #onFrame(data: Buffer): void {
    if (isFlood(this.#traffic, data.length, this.#now())) this.end("flood");
  }

  #onClose(code: number): void {
    this.drive({
      type: "ended",
      echoed: this.#closedFor !== undefined && closes[this.#closedFor].code === code,
    });
    this.detach();
    this.#context?.sockets.delete(this);
    this.#context?.report({ event: "ended", code });
  }

  /** The library itself closes what breaks RFC 6455; `onClose` follows. */
  #onError(): void {}

  #now(): number {
    return this.#context?.now() ?? 0;
  }

  /** When what is read now came, at the earliest: now, unless this process stood still. */
  #cameAt(): number {
    const now = this.#now();
    const turnedAt = this.#context?.wheel.turnedAt ?? now;
    return now - turnedAt > pauseMs ? turnedAt : now;
  }

  #perform(effect: Effect, context: AttachContext): void {
    switch (effect.do) {
      case "attach":
        attach(this, effect.resumeAfter, context).catch((error: unknown) => this.#fail("attach", error));
        return;
      case "welcome":
        this.#write(welcome(this.call, effect.place, this.#resumes));
        return;
      case "send":
        this.#deliver(effect.event, context);
        return;
      case "ping":
        this.#write(framePing(effect.number));
        return;
      case "renew":
        renew(this, effect, context).catch((error: unknown) => this.#fail("renew", error));
        return;
      case "close":
        this.#part(effect.reason, context);
    }
  }

  #deliver(event: CallEvent, context: AttachContext): void {
    // What it could not be sent before its close, its next attach replays.
    if (this.phase !== "seated") return;
    if (this.bufferedAmount > context.sendBufferBytes)
      return this.drive({ type: "unsent", eventCount: event.eventCount });
    this.#write(context.frames.of(event, this.call, this.#resumes));
  }

  /** Sends a whole frame past the library, which would write its header and its payload one by one. */
  #write(frame: Buffer): void {
    // Where a close is on its way already, no frame may follow it (RFC 6455, section 5.5.1).
    if (this.readyState === WebSocket.OPEN) this.#connection?.write(frame);
  }

  /** A rule of our own was broken: this websocket ends, and the process goes on. */
  #fail(where: string, error: unknown): void {
    this.#context?.report({ event: "bug", where, error });
    this.end("bug");
  }

  #part(reason: CloseReason, context: AttachContext): void {
    this.#closedFor = reason;
    context.report({ event: "closed", reason });
    this.close(closes[reason].code, reason);
    // What follows a flood is the flood: not worth reading even for an echo. The connection is cut all the same.
    if (reason === "flood") this.pause();
    this.detach();
  }

  /** Hears its call no longer. Idempotent. */
  detach(): void {
    const { callFeed } = this;
    const context = this.#context;
    if (callFeed === undefined || context === undefined) return;
    this.callFeed = undefined;
    callFeed.remove(this);
    context.callFeeds.exit(this.call);
  }
}

function welcome(call: string, place: Attached, resumes: boolean): Buffer {
  if (!resumes) return frameMessage({ kind: "WELCOME", call });
  return frameMessage({
    kind: "WELCOME",
    call,
    seq: place.epoch + place.replayAfter,
    recovered: place.recovered,
  });
}
