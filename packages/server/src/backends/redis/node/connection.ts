import { setTimeout as wait } from "node:timers/promises";
import { BackendError } from "../../../calls/ports/backend.ts";
import type { RedisAddress } from "./address.ts";
import { makeClient, type RedisClient, type Reply } from "./client.ts";
import { isReadOnly, toBackendError } from "./errors.ts";
import type { AddressSource } from "./address-source.ts";

export interface ConnectionOptions {
  readonly source: AddressSource;
  /** Runs on each new connection before its first use. When it rejects, the connection is closed. */
  readonly prepare: (client: RedisClient) => Promise<void>;
  /** Runs when the connection is ready. */
  readonly onUp: () => void;
  /** Runs when a connection that was ready has broken. */
  readonly onDown: () => void;
  /** Runs when an attempt to connect has failed. */
  readonly onFailure: (error: unknown) => void;
  /** The time without a reply, while commands are in flight, after which the connection counts as dead, in milliseconds. */
  readonly silentMs: number;
}

/**
 * One connection to Redis, which is replaced whenever it breaks or stops responding. While it is down, commands are
 * refused immediately. A command that was in flight when the connection broke is never sent again.
 */
export class Connection {
  /** Why the last attempt to connect failed; undefined when it succeeded. */
  failure: unknown;
  readonly #options: ConnectionOptions;
  #client: RedisClient | undefined;
  /** The address that the connection leads to, also while it is being opened. */
  #address: RedisAddress | undefined;
  #closed = false;
  #broken = new AbortController();
  readonly #closing = new AbortController();
  #wasUp = false;
  #inFlight = 0;
  #repliedAt = 0;
  readonly #watchdog: NodeJS.Timeout;
  readonly #running: Promise<void>;
  readonly #firstAttempt = Promise.withResolvers<void>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#watchdog = setInterval(() => this.#watch(), options.silentMs / 8);
    this.#running = this.#run();
  }

  /** Resolves when the first attempt to connect has ended, whether it succeeded or not. */
  get firstAttempt(): Promise<void> {
    return this.#firstAttempt.promise;
  }

  /** Whether commands can be sent now. */
  get isUp(): boolean {
    return this.#client !== undefined;
  }

  /** Sends a command. @throws BackendError; or Redis's own error, which is always a bug in this service. */
  async send(command: readonly (string | Buffer)[]): Promise<Reply> {
    return this.use((client) => client.sendCommand<Reply>(command));
  }

  /** Sends commands through the client, with the same watchdog and errors as `send`. */
  async use<Result>(run: (client: RedisClient) => Promise<Result>): Promise<Result> {
    const client = this.#client;
    if (client === undefined) throw new BackendError("unsent");
    if (this.#inFlight === 0) this.#repliedAt = performance.now();
    this.#inFlight += 1;
    try {
      return await run(client);
    } catch (error) {
      if (isReadOnly(error)) this.replace();
      throw toBackendError(error);
    } finally {
      this.#repliedAt = performance.now();
      this.#inFlight -= 1;
    }
  }

  /** Closes this connection and opens another. */
  replace(): void {
    this.#broken.abort();
  }

  /** Closes a connection that leads to another address, and connects to this one. */
  moveTo(address: RedisAddress): void {
    if (this.#address !== undefined && this.#address !== address) this.replace();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watchdog);
    this.#closing.abort();
    this.#broken.abort();
    await this.#running;
  }

  #watch(): void {
    if (this.#inFlight === 0 || !this.#isSilent()) return;
    // After a pause of this process, replies that arrived during the pause are read first.
    setImmediate(() => this.#inFlight > 0 && this.#isSilent() && this.replace());
  }

  #isSilent(): boolean {
    return performance.now() - this.#repliedAt > this.#options.silentMs;
  }

  async #run(): Promise<void> {
    let delayMs = 0;
    while (!this.#closed) {
      // Later each time, and at random, so that all processes do not reach a Redis that returns at the same time.
      const { signal } = this.#closing;
      await wait(delayMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
      if (this.#closed) return;
      this.#broken = new AbortController();
      this.failure = undefined;
      await this.#connectOnce(this.#broken);
      if (!this.#wasUp && !this.#closed) this.#options.onFailure(this.failure);
      this.#firstAttempt.resolve();
      if (this.#wasUp) delayMs = 0;
      delayMs = Math.min(longestWaitMs, Math.max(shortestWaitMs, delayMs * 2));
    }
  }

  /** Opens one connection and resolves at its end. Never rejects: `failure` holds the reason. */
  async #connectOnce(broken: AbortController): Promise<void> {
    this.#wasUp = false;
    let client: RedisClient | undefined;
    try {
      this.#address = await untilBroken(this.#options.source.findAddress(), broken);
      client = makeClient(this.#address);
      client.on("error", (error: unknown) => {
        this.failure = error;
        broken.abort();
      });
      await this.#open(client, broken);
      this.failure = undefined;
      this.#client = client;
      this.#wasUp = true;
      this.#options.onUp();
      this.#firstAttempt.resolve();
      await aborted(broken.signal);
    } catch (error) {
      // An error event of the client comes first and is more specific.
      this.failure ??= error;
    }
    if (!this.#wasUp && this.#address !== undefined) this.#options.source.doubtAddress(this.#address);
    this.#client = undefined;
    this.#address = undefined;
    if (this.#wasUp && !this.#closed) this.#options.onDown();
    client?.destroy();
  }

  async #open(client: RedisClient, broken: AbortController): Promise<void> {
    const deadline = setTimeout(() => broken.abort(), openingMs);
    const ready = client.connect().then(async () => {
      await this.#options.source.checkServer(client);
      await this.#options.prepare(client);
    });
    try {
      await untilBroken(ready, broken);
    } finally {
      clearTimeout(deadline);
    }
  }
}

const shortestWaitMs = 50;
const longestWaitMs = 500;
/** How long the handshake, the check and the preparation may take together: the library limits only the TCP connection. */
const openingMs = 1500;

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Waits for a promise, and rejects when the connection breaks first. */
async function untilBroken<Result>(pending: Promise<Result>, broken: AbortController): Promise<Result> {
  pending.catch(() => {});
  return Promise.race([pending, aborted(broken.signal).then(rejectUnsent)]);
}

function rejectUnsent(): never {
  throw new BackendError("unsent");
}
