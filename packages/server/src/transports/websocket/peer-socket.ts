import type { Writable } from "node:stream";
import { WebSocket } from "ws";
import { type CloseReason, closes, sequenceNumberOf } from "webrtc-signals-protocol";
import type { CallEvent } from "../../calls/feed/envelope.ts";
import type { Attached } from "../../calls/ports/backend.ts";
import type { Connection } from "../../calls/presence/connection.ts";
import { PresenceDriver } from "../../calls/presence/driver.ts";
import { frameMessage, framePing } from "./frames.ts";
import { isFlood, noTraffic } from "./flood.ts";
import { readHandshake } from "./handshake.ts";
import type { WebsocketContext } from "./websocket-context.ts";
import { pauseMs } from "./wheel.ts";

/**
 * A websocket of the `ws` library as the connection of a presence: it reads what the client sends and passes it to the
 * driver, and it writes whole frames past the library, which would write each header and payload separately.
 */
export class PeerSocket extends WebSocket implements Connection {
  #driver: PresenceDriver | undefined;
  #context: WebsocketContext | undefined;
  /** The stream that the websocket writes to. */
  #stream: Writable | undefined;
  #call = "";
  /** Whether the client sent a sequence number, so that its frames carry `seq`. */
  #resumes = false;
  #closedFor: CloseReason | undefined;
  readonly #traffic = noTraffic();

  /** Starts to wait for the handshake. */
  open(context: WebsocketContext, stream: Writable): void {
    this.#context = context;
    this.#stream = stream;
    // Methods, which all websockets share, and not a closure for each: an emitter calls them on itself.
    /* oxlint-disable typescript/unbound-method */
    this.on("message", this.#onMessage);
    this.on("pong", this.#onPong);
    this.on("ping", this.#onPing);
    this.on("close", this.#onClose);
    this.on("error", this.#onError);
    /* oxlint-enable typescript/unbound-method */
    this.#driver = new PresenceDriver(this, context);
  }

  get bufferedBytes(): number {
    return this.bufferedAmount;
  }

  sendWelcome({ epoch, replayAfter, recovered }: Attached): void {
    const message = { kind: "WELCOME", call: this.#call } as const;
    const resumed = this.#resumes ? { seq: sequenceNumberOf(epoch, replayAfter), recovered } : {};
    this.#send(frameMessage({ ...message, ...resumed }));
  }

  sendEvent(event: CallEvent): void {
    const frames = this.#context?.frames;
    if (frames !== undefined) this.#send(frames.of(event, this.#call, this.#resumes));
  }

  sendPing(number: number): void {
    this.#send(framePing(number));
  }

  closeFor(reason: CloseReason): void {
    this.#closedFor = reason;
    this.close(closes[reason].code, reason);
  }

  cork(): void {
    this.#stream?.cork();
  }

  uncork(): void {
    this.#stream?.uncork();
  }

  #send(frame: Buffer): void {
    // No frame may follow a close frame (RFC 6455, section 5.5.1).
    if (this.readyState === WebSocket.OPEN) this.#stream?.write(frame);
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    if (this.#driver?.phase !== "greeting") return this.#count(data);
    const handshake = readHandshake(data, isBinary);
    if (typeof handshake === "string") return this.#driver.end(handshake);
    this.#call = handshake.call;
    this.#resumes = handshake.resumeAfter !== undefined;
    this.#driver.handshake(handshake.call, handshake.session, handshake.resumeAfter);
  }

  #onPong(data: Buffer): void {
    this.#count(data);
    const text = data.toString("latin1");
    const number = Number(text);
    // A pong carries exactly what its ping did (RFC 6455, section 5.5.3).
    if (String(number) === text) this.#driver?.pong(number, this.#cameAt());
  }

  #onPing(data: Buffer): void {
    this.#count(data);
    this.pong(data);
  }

  #count(data: Buffer): void {
    if (isFlood(this.#traffic, data.length, this.#now())) this.#driver?.end("flood");
  }

  #onClose(code: number): void {
    this.#driver?.ended(this.#closedFor !== undefined && closes[this.#closedFor].code === code);
    this.#context?.report({ event: "ended", code });
  }

  /** The library itself closes on violations of RFC 6455; `#onClose` follows. */
  #onError(): void {}

  #now(): number {
    return this.#context?.now() ?? 0;
  }

  /** When the data that is read now arrived, at the earliest: now, unless this process was paused. */
  #cameAt(): number {
    const now = this.#now();
    const turnedAt = this.#context?.deadlines.turnedAt ?? now;
    return now - turnedAt > pauseMs ? turnedAt : now;
  }
}
