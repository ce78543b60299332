import type { SignalKind } from "webrtc-signals-protocol";
import { adviceOn, endOf } from "./advice.ts";
import { type Answer, ask } from "./ask.ts";
import { attach } from "./attach.ts";
import { Emitter } from "./emitter.ts";
import { asSignalsError, SeatLostError, unreachable } from "./errors.ts";
import type { CallEvents, CallOptions, CallState, Ended, PeerMessage } from "./events.ts";
import { takeSeat } from "./join.ts";
import { postSignal } from "./post.ts";
import { type Identity, StoredSession } from "./stored-session.ts";
import { Unheard } from "./unheard.ts";
import { backoffMs, online, wait } from "./wait.ts";

/** A seat on a call. Made by `joinCall`. */
export class Call extends Emitter<CallEvents> implements AsyncIterable<PeerMessage>, AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** What `joinCall` was given. */
  readonly introduction: string | undefined;
  /** Who this is to the `connectPeers` of the others. */
  readonly identity: Identity;
  /** Whether PEER has told them. */
  introduced = false;
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
  readonly #unheard = new Unheard();
  #wasOpen = false;
  #state: CallState = "joining";
  #session = "";
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
    this.introduction = options.introduction;
    this.#stored = options.keepSession === true ? new StoredSession(url, name) : undefined;
    const { session = "", seq = 0, from = newId(), run = 0 } = this.#stored?.take() ?? {};
    this.#session = session;
    this.#seq = seq;
    this.identity = { from, run: run + 1, id: 0 };
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

  /** Leaves, after what was sent before: the seat is free at once. Resolves when the server has said so, or can't. */
  async leave(): Promise<void> {
    this.emit("leave", undefined);
    await Promise.race([this.#posting, wait(goodbyeMs, this.#over.signal).catch(() => {})]);
    const message = this.#message("LEAVE");
    const asked = this.#session && this.#state !== "closed";
    this.#close({ reason: "left" });
    if (asked) await ask(`${this.url}/leave`, message);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  /** Every message that no listener has heard, as it comes; ends with the call. Whoever iterates next goes on. */
  [Symbol.asyncIterator](): AsyncGenerator<PeerMessage, void, undefined> {
    return this.#unheard[Symbol.asyncIterator]();
  }

  override on<Name extends keyof CallEvents>(
    name: Name,
    listener: (event: CallEvents[Name]) => void,
  ): () => void {
    const stop = super.on(name, listener);
    if (name === "message") for (const message of this.#unheard.takeAll()) this.emit("message", message);
    return stop;
  }

  /** Joins, attaches, and attaches again, until the call ends. */
  async #keep(): Promise<void> {
    const { signal } = this.#over;
    try {
      for (let attempt = 0; ; attempt += 1) {
        // At first it is tried whatever the browser says: it may know nothing of a server on its own machine.
        if (attempt > 0) await online(signal);
        if (this.#session === "") await this.#join();
        this.#become("attaching");
        signal.throwIfAborted();
        const handshake = { ...this.#message("JOIN"), seq: this.#seq };
        const { ended, giveUp } = attach(this.url, handshake, (frame) => this.#hear(frame));
        this.#giveUp = giveUp;
        const { code, welcome } = await ended;
        if (welcome) attempt = 0;
        else if (!this.#wasOpen && attempt >= firstTries) throw unreachable(`${this.url}/ws`);
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
    const introduction = this.introduction ?? JSON.stringify(this.identity);
    // Whoever waits for the first join wants to know; a call that stood is worth any patience.
    const tries = this.#wasOpen ? Infinity : firstTries;
    this.#session = await takeSeat(this.url, this.name, introduction, tries, this.#over.signal);
    this.#seq = 0;
    this.introduced = this.introduction === undefined;
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
    if (!this.emit("message", message) && this.#unheard.push(message)) this.emit("gap", undefined);
  }

  async #post(kind: SignalKind, body: string, repeatable: boolean): Promise<void> {
    const { signal } = this.#over;
    const session = this.#session;
    if (session === "" && !signal.aborted) throw new SeatLostError();
    try {
      await postSignal(this.url, { ...this.#message(kind), body }, repeatable, signal);
      this.emit("sent", { kind, body });
    } catch (error) {
      if (error instanceof SeatLostError && session === this.#session) this.#giveUp(4409);
      throw asSignalsError(error);
    }
  }

  #message(kind: string): object {
    return { kind, call: this.name, session: this.#session };
  }

  #hide(): void {
    if (this.#session === "") return;
    if (this.#options.leaveOnPageHide === true) {
      navigator.sendBeacon(`${this.url}/leave`, JSON.stringify(this.#message("LEAVE")));
      this.#close({ reason: "left" });
    } else this.#stored?.keep({ ...this.identity, session: this.#session, seq: this.#seq });
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
    this.#unheard.end();
    this.#giveUp(1000);
    this.#open.reject(asSignalsError(ended.error));
    // Whoever awaits `opened` is told by it; nobody else must be.
    this.opened.catch(() => {});
    this.#end.resolve(ended);
  }
}

/** How often a server is called before there is a call. */
const firstTries = 5;

/** How long a last word may take, in milliseconds. */
const goodbyeMs = 1000;

/** Not `randomUUID`, which there is only in secure contexts. */
function newId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

function isPeerMessage(message: { kind: unknown; body: unknown }): message is PeerMessage {
  return typeof message.kind === "string" && typeof message.body === "string";
}
