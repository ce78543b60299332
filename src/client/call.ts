import type { IceServer } from "../protocol/ice-servers.ts";
import type { SignalKind } from "../protocol/messages.ts";
import { adviceOn, endOf } from "./advice.ts";
import { type Answer, ask } from "./ask.ts";
import { attach } from "./attach.ts";
import { Emitter } from "./emitter.ts";
import { asSignalsError, SeatLostError, SignalsError } from "./errors.ts";
import type { CallEvents, CallOptions, CallState, Ended, PeerMessage } from "./events.ts";
import { askIce, type IceLease } from "./ice.ts";
import { takeSeat } from "./join.ts";
import { postSignal } from "./post.ts";
import { StoredSession } from "./stored-session.ts";
import { backoffMs, online, wait } from "./wait.ts";

/** A seat on a call. Made by `joinCall`. */
export class Call extends Emitter<CallEvents> implements AsyncIterable<PeerMessage>, AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** Resolves with the first open websocket; rejects when there will be none. */
  readonly opened: Promise<void>;
  /** Resolves when the call has ended, however it did. */
  readonly closed: Promise<Ended>;
  readonly #options: CallOptions;
  readonly #stored: StoredSession | undefined;
  readonly #over = new AbortController();
  readonly #open = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<Ended>();
  /** Signals go out one at a time, so that they keep their order. */
  #posting: Promise<unknown> = Promise.resolve();
  /** What came while nobody listened. */
  readonly #unheard: PeerMessage[] = [];
  #wakers: (() => void)[] = [];
  #wasOpen = false;
  #state: CallState = "joining";
  #session = "";
  #ice: IceLease | undefined;
  #seq = 0;
  #giveUp: (code: number) => void = () => {};

  /** Use `joinCall`. */
  constructor(url: string, name: string, options: CallOptions) {
    super();
    this.url = url;
    this.name = name;
    this.#options = options;
    this.opened = this.#open.promise;
    this.closed = this.#end.promise;
    this.#stored = options.keepSession === true ? new StoredSession(url, name) : undefined;
    const { signal } = this.#over;
    const ended = (): void => this.#close({ reason: "aborted" });
    if (options.signal?.aborted === true) ended();
    options.signal?.addEventListener("abort", ended, { signal });
    if ("addEventListener" in globalThis) {
      addEventListener("pagehide", () => this.#hide(), { signal });
      addEventListener("pageshow", () => this.#stored?.take(), { signal });
      // The network is another one, perhaps: what was sent into the old one may never come.
      addEventListener("online", () => this.#giveUp(1006), { signal });
    }
    void this.#keep();
  }

  /** The session, which is the seat's only key: keep it to yourself. A rejoin changes it. */
  get session(): string {
    return this.#session;
  }

  get state(): CallState {
    return this.#state;
  }

  /** Sends a description to every other peer on the call. Rejects with `SignalUnknownError`, `SeatLostError`, … */
  offer(body: string): Promise<void> {
    return this.send("OFFER", body);
  }

  /** The same, for what answers an offer. */
  answer(body: string): Promise<void> {
    return this.send("ANSWER", body);
  }

  /** The same, for an ICE candidate. */
  candidate(body: string): Promise<void> {
    return this.send("CANDIDATE", body);
  }

  /**
   * Sends a signal after those before it. `repeatable` says that the body carries an id by which a
   * receiver drops the second of two: only then is a signal of unknown outcome sent again.
   */
  send(kind: SignalKind, body: string, repeatable = false): Promise<void> {
    const sent = this.#posting.then(() => this.#post(kind, body, repeatable));
    this.#posting = sent.catch(() => {});
    return sent;
  }

  /** STUN and TURN servers for an `RTCPeerConnection`, as the server has them: asked anew before their credentials end. */
  async iceServers(): Promise<IceServer[]> {
    if (this.#ice === undefined || Date.now() > this.#ice.until) {
      this.#ice = await askIce(this.url, this.name, this.#session, this.#over.signal);
    }
    return this.#ice.servers;
  }

  /** Leaves: the seat is free at once. Resolves when the server has said so, or can't. */
  async leave(): Promise<void> {
    const message = { kind: "LEAVE", call: this.name, session: this.#session };
    const asked = this.#session && this.#state !== "closed";
    this.#close({ reason: "left" });
    if (asked) await ask(`${this.url}/leave`, message, AbortSignal.timeout(5000));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  /** Every message that no listener has heard, as it comes; ends with the call. Whoever iterates next goes on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<PeerMessage, void, undefined> {
    for (;;) {
      const message = this.#unheard.shift();
      if (message !== undefined) yield message;
      else if (this.#state === "closed") return;
      else await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  override on<Name extends keyof CallEvents>(
    name: Name,
    listener: (event: CallEvents[Name]) => void,
  ): () => void {
    const stop = super.on(name, listener);
    if (name === "message") for (const message of this.#unheard.splice(0)) this.emit("message", message);
    return stop;
  }

  /** Joins, attaches, and attaches again, until the call ends. */
  async #keep(): Promise<void> {
    const { signal } = this.#over;
    const kept = this.#stored?.take();
    if (kept !== undefined) [this.#session, this.#seq] = [kept.session, kept.seq];
    try {
      for (let attempt = 0; ; attempt += 1) {
        await online(signal);
        if (this.#session === "") await this.#join();
        this.#become("attaching");
        signal.throwIfAborted();
        const handshake = { kind: "JOIN", call: this.name, session: this.#session, seq: this.#seq };
        const { ended, giveUp } = attach(this.url, handshake, (frame) => this.#hear(frame));
        this.#giveUp = giveUp;
        const { code, welcome } = await ended;
        if (welcome) attempt = 0;
        const advice = adviceOn(code);
        if (advice === "stop") return this.#close(endOf(code));
        if (advice === "join") this.#session = "";
        // A seat that was never welcome is not taken again and again at full speed.
        if (advice === "attach" || !welcome) await wait(backoffMs(attempt), signal);
      }
    } catch (error) {
      this.#close({ reason: "failed", error: asSignalsError(error) });
    }
  }

  async #join(): Promise<void> {
    this.#become("joining");
    const { introduction } = this.#options;
    // Whoever waits for the first join wants to know; a call that stood is worth any patience.
    const tries = this.#wasOpen ? Infinity : 5;
    this.#session = await takeSeat(this.url, this.name, introduction, tries, this.#over.signal);
    this.#seq = 0;
    if (this.#wasOpen) this.emit("rejoin", undefined);
  }

  #hear(frame: NonNullable<Answer["body"]>): void {
    const { kind, body = "", seq, recovered } = frame;
    if (typeof seq !== "number") return;
    if (kind === "WELCOME") {
      this.#seq = seq;
      this.#wasOpen = true;
      if (recovered === false) this.emit("gap", undefined);
      this.#become("open");
      this.#open.resolve();
      return;
    }
    const message = { kind, body };
    if (seq <= this.#seq || !isPeerMessage(message)) return;
    this.#seq = seq;
    if (this.hears("message")) return this.emit("message", message);
    this.#unheard.push(message);
    this.#wake();
    if (this.#unheard.length <= unheardMessages) return;
    this.#unheard.shift();
    this.emit("gap", undefined);
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }

  async #post(kind: SignalKind, body: string, repeatable: boolean): Promise<void> {
    const { signal } = this.#over;
    const session = this.#session;
    if (session === "" && !signal.aborted) throw new SeatLostError();
    try {
      await postSignal(this.url, { kind, call: this.name, session, body }, repeatable, signal);
    } catch (error) {
      if (error instanceof SeatLostError && session === this.#session) this.#giveUp(4409);
      throw asSignalsError(error);
    }
  }

  #hide(): void {
    if (this.#session === "") return;
    if (this.#options.leaveOnPageHide === true) {
      const message = { kind: "LEAVE", call: this.name, session: this.#session };
      navigator.sendBeacon(`${this.url}/leave`, JSON.stringify(message));
      this.#close({ reason: "left" });
    } else this.#stored?.keep({ session: this.#session, seq: this.#seq });
  }

  #become(state: CallState): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.emit("state", state);
  }

  #close(ended: Ended): void {
    if (this.#state === "closed") return;
    this.#become("closed");
    this.#over.abort();
    this.#wake();
    this.#giveUp(1000);
    this.#open.reject(ended.error ?? new SignalsError("call_closed", `the call has ended: ${ended.reason}`));
    // Whoever awaits `opened` is told by it; nobody else must be.
    this.opened.catch(() => {});
    this.#end.resolve(ended);
  }
}

/** How many messages wait for a listener: more than any call set-up has. */
const unheardMessages = 1000;

function isPeerMessage(message: { kind: unknown; body: unknown }): message is PeerMessage {
  return typeof message.kind === "string" && typeof message.body === "string";
}
