import type { Scheduler } from "fast-check";
import type { CloseReason } from "webrtc-signals-protocol";
import type { CallEvent } from "../../packages/server/src/calls/feed/envelope.ts";
import type { Attached } from "../../packages/server/src/calls/ports/backend.ts";
import type { Connection } from "../../packages/server/src/calls/presence/connection.ts";
import { type PresenceContext, PresenceDriver } from "../../packages/server/src/calls/presence/driver.ts";
import { Lane, theCall } from "./scheduled-backend.ts";

/** What a client is sent. */
export type Frame =
  | { readonly is: "welcome"; readonly attached: Attached }
  | { readonly is: "event"; readonly event: CallEvent }
  | { readonly is: "ping"; readonly number: number }
  | { readonly is: "close"; readonly reason: CloseReason };

/**
 * A websocket without its network: frames arrive in their order, when the scheduler says so, or never. The driver is the
 * one that the service ships.
 */
export class ScheduledSocket implements Connection {
  readonly driver: PresenceDriver;
  readonly bufferedBytes = 0;
  readonly #down: Lane;
  readonly #up: Lane;
  readonly #receive: (frame: Frame) => void;
  readonly #sent: (frame: Frame) => void;

  /** `sent` is called with each frame as it leaves the process, `receive` when it arrives. */
  constructor(
    scheduler: Scheduler,
    context: PresenceContext,
    session: string,
    resumeAfter: number | undefined,
    sent: (frame: Frame) => void,
    receive: (frame: Frame) => void,
  ) {
    this.#sent = sent;
    this.#receive = receive;
    this.#down = new Lane(scheduler, `to ${session}`);
    this.#up = new Lane(scheduler, `from ${session}`);
    this.driver = new PresenceDriver(this, context);
    this.fromClient("handshake", () => this.driver.handshake(theCall, session, resumeAfter));
  }

  /** What the client sends. */
  fromClient(what: string, arrive: () => void): void {
    this.#up.push(what, arrive);
  }

  /** The connection ends, and what is in transit is lost; `echoed` when the client's close repeated ours. */
  ends(echoed: boolean): void {
    if (!echoed) this.#up.clear();
    this.#down.clear();
    this.fromClient("end", () => this.driver.ended(echoed));
  }

  sendWelcome(attached: Attached): void {
    this.#send({ is: "welcome", attached });
  }

  sendEvent(event: CallEvent): void {
    this.#send({ is: "event", event });
  }

  sendPing(number: number): void {
    this.#send({ is: "ping", number });
  }

  closeFor(reason: CloseReason): void {
    this.#send({ is: "close", reason });
  }

  pause(): void {}

  terminate(): void {}

  cork(): void {}

  uncork(): void {}

  #send(frame: Frame): void {
    this.#sent(frame);
    this.#down.push(frame.is, () => this.#receive(frame));
  }
}
