import type { Scheduler } from "fast-check";
import type { AttachReply } from "../../packages/server/src/calls/ports/backend.ts";
import type { CallEvent } from "../../packages/server/src/calls/feed/envelope.ts";
import { closes } from "webrtc-signals-protocol";
import type { PresenceContext } from "../../packages/server/src/calls/presence/driver.ts";
import { type Frame, ScheduledSocket } from "./scheduled-socket.ts";

/** A session's client: it comes back as the closes advise, and holds what it hears to the promises. */
export class ScheduledClient {
  readonly session: string;
  readonly seatNumber: number;
  readonly resumes: boolean;
  /** What it may have missed, as it was told: up to this count. */
  told = 0;
  /** Where its session ended by a leave: what came after this count is not its own. */
  leftAt = Infinity;
  readonly received = new Set<number>();
  #epoch = 0;
  #position = 0;
  #socket: ScheduledSocket | undefined;
  #hasEnded = false;
  #unreportedLoss = 0;
  /** The places its attaches took in the call's order, by generation. */
  readonly #heads = new Map<number, number>();
  /** The end of its lease, as the backend last said it. */
  #leaseEnd: number;
  readonly #scheduler: Scheduler;
  readonly #context: PresenceContext;
  readonly #scene: Scene;

  constructor(
    scheduler: Scheduler,
    context: PresenceContext,
    scene: Scene,
    session: string,
    { seatNumber, leaseEnd }: { readonly seatNumber: number; readonly leaseEnd: number },
    resumes: boolean,
  ) {
    this.#leaseEnd = leaseEnd;
    this.#scheduler = scheduler;
    this.#context = context;
    this.#scene = scene;
    this.session = session;
    this.seatNumber = seatNumber;
    this.resumes = resumes;
  }

  /** Whether it ever got a WELCOME: who never attached was told nothing, and owed nothing yet. */
  get hasAttached(): boolean {
    return this.#epoch > 0;
  }

  /** Whether its seat is gone for good. */
  get isGone(): boolean {
    return this.#hasEnded;
  }

  /** Opens a websocket, also while it has another. */
  attach(): void {
    // Who has seen a promise broken need not come back, again and again.
    if (this.#hasEnded || this.#scene.broken.length > 0) return;
    const since = this.resumes ? this.#position : undefined;
    const heard: Heard = { welcomes: 0, last: 0, sent: 0, generation: 0 };
    const socket = new ScheduledSocket(
      this.#scheduler,
      this.#context,
      this.session,
      since,
      (frame) => this.#onSend(frame, heard),
      (frame) => this.#onFrame(socket, frame, heard),
    );
    this.#socket = socket;
  }

  /** The network drops its websocket; it comes back. */
  break(): void {
    if (this.#socket === undefined) return;
    this.#socket.ends(false);
    this.#socket = undefined;
    this.#comeBack();
  }

  drain(): void {
    this.#socket?.driver.drain(true);
  }

  /** The backend has answered an attach: from then on no older websocket carries what comes after. */
  attached(reply: AttachReply): void {
    if (reply.word === "ok") this.#heads.set(reply.generation, reply.head);
    if (reply.word !== "lost") return void (this.#unreportedLoss = 0);
    this.#unreportedLoss += 1;
    // Told twice here is told, though no close may have arrived.
    if (this.#unreportedLoss > 1) this.told = Math.max(this.told, reply.cursor);
  }

  renewed(leaseEnd: number): void {
    this.#leaseEnd = Math.max(this.#leaseEnd, leaseEnd);
  }

  #comeBack(): void {
    void this.#scheduler
      .schedule(Promise.resolve(), `${this.session} comes back`)
      .then(() => this.#socket === undefined && this.attach());
  }

  /** What leaves this process, in the order in which it does. */
  #onSend(frame: Frame, heard: Heard): void {
    if (frame.is === "welcome") {
      heard.welcomes += 1;
      heard.generation = frame.attached.generation;
      this.#must(heard.welcomes === 1, "promise 9 › a second WELCOME");
    }
    if (frame.is !== "event") return;
    const { eventCount, sender, at } = frame.event;
    this.#must(heard.welcomes === 1, `promise 9 › event ${eventCount} before WELCOME`);
    this.#must(eventCount > heard.sent, `promise 7 › event ${eventCount} after ${heard.sent}`);
    heard.sent = eventCount;
    this.#must(sender !== this.seatNumber, `promise 6 › its own event ${eventCount}`);
    this.#must(
      eventCount > this.seatNumber,
      `promise 6 › event ${eventCount} of before its join at ${this.seatNumber}`,
    );
    const newer = [...this.#heads].filter(
      ([generation, head]) => generation > heard.generation && head < eventCount,
    );
    this.#must(newer.length === 0, `promise 10 › event ${eventCount} on a websocket whose place was taken`);
    this.#must(at < this.#leaseEnd, `promise 3 › event ${eventCount} of after its lease`);
    this.#must(eventCount <= this.leftAt, `promise 3 › event ${eventCount} after it left at ${this.leftAt}`);
  }

  #onFrame(socket: ScheduledSocket, frame: Frame, heard: Heard): void {
    switch (frame.is) {
      case "welcome": {
        const { epoch, replayAfter, recovered } = frame.attached;
        this.#must(heard.last === 0, "promise 9 › a WELCOME that is not first");
        this.#epoch = epoch;
        heard.last = replayAfter;
        if (!recovered) this.told = Math.max(this.told, replayAfter);
        else if (this.resumes) {
          this.#must(
            epoch + replayAfter <= Math.max(this.#position, epoch + this.seatNumber),
            `promise 4 › WELCOME at ${replayAfter}`,
          );
        }
        if (this.resumes && this.#socket === socket) this.#position = epoch + replayAfter;
        return;
      }
      case "event":
        return this.#onEvent(socket, frame.event);
      case "ping":
        return socket.fromClient("pong", () => socket.driver.pong(frame.number, this.#context.now()));
      case "close": {
        const { advice } = closes[frame.reason];
        if (frame.reason === "events lost") this.told = Math.max(this.told, this.#scene.head());
        socket.ends(true);
        if (this.#socket !== socket) return;
        this.#socket = undefined;
        if (advice === "join anew" || frame.reason === "left") this.#hasEnded = true;
        else if (advice !== "stop" || frame.reason === "replaced") this.#comeBack();
        this.#must(frame.reason !== "bug", "a bug was reported");
        const mayBeGone = this.leftAt < Infinity || this.#scene.mayExpire;
        this.#must(mayBeGone || advice !== "join anew", `promise 4 › closed: ${frame.reason}`);
      }
    }
  }

  #onEvent(socket: ScheduledSocket, { eventCount, epoch }: CallEvent): void {
    if (this.resumes) {
      // It has asked its newer websocket for what came after its position.
      if (this.#socket !== socket) return;
      this.#must(!this.received.has(eventCount), `promise 4 › event ${eventCount} twice`);
      this.#must(
        epoch + eventCount > this.#position,
        `promise 7 › event ${eventCount} at or before its position`,
      );
      this.#position = epoch + eventCount;
    }
    this.received.add(eventCount);
  }

  #must(holds: boolean, otherwise: string): void {
    if (!holds) this.#scene.broken.push(`${this.session}: ${otherwise}`);
  }
}

/** What a client looks up about the run it is in. */
export interface Scene {
  readonly broken: string[];
  readonly mayExpire: boolean;
  readonly head: () => number;
}

interface Heard {
  welcomes: number;
  last: number;
  sent: number;
  generation: number;
}
