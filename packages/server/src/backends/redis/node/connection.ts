import { setTimeout as wait } from "node:timers/promises";
import { BackendError } from "../../../calls/ports/backend.ts";
import type { RedisAddress } from "./address.ts";
import { makeClient, type RedisClient, type Reply } from "./client.ts";
import { isReadOnly, translate } from "./errors.ts";
import type { Whereabouts } from "./whereabouts.ts";

/** What a link is told to do around its connection. */
export interface LinkOptions {
  readonly where: Whereabouts;
  /** Runs on each new connection before it is used; a rejection gives the connection up. */
  readonly greet: (client: RedisClient) => Promise<void>;
  /** The connection is there, or is gone. */
  readonly up: () => void;
  readonly down: () => void;
  /** An attempt to connect has failed. */
  readonly failed: (error: unknown) => void;
  /** How long commands may stay unanswered, in milliseconds, before the connection counts as dead. */
  readonly silentMs: number;
}

/**
 * One connection to Redis, made anew whenever it breaks or falls silent. While it is away commands
 * are refused at once; one that was in flight when it broke is never sent again.
 */
export class Link {
  /** Why the last attempt to connect failed. */
  failure: unknown;
  readonly #options: LinkOptions;
  #client: RedisClient | undefined;
  /** Where the connection leads, also while it is being made. */
  #address: RedisAddress | undefined;
  #closed = false;
  #broken = new AbortController();
  readonly #over = new AbortController();
  readonly #closing = { signal: this.#over.signal };
  #wasUp = false;
  #inFlight = 0;
  #heardAt = 0;
  readonly #watchdog: NodeJS.Timeout;
  readonly #running: Promise<void>;
  #firstTry: () => void = () => {};
  /** Resolves when the first attempt to connect has ended, however it did. */
  readonly tried: Promise<void> = new Promise((resolve) => {
    this.#firstTry = resolve;
  });

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#watchdog = setInterval(() => this.#watch(), options.silentMs / 8);
    this.#running = this.#run();
  }

  get isUp(): boolean {
    return this.#client !== undefined;
  }

  /** Sends a command. @throws BackendError; or Redis's own error, where it can only be a bug of ours. */
  async send(command: readonly (string | Buffer)[]): Promise<Reply> {
    return this.use((client) => client.sendCommand<Reply>(command));
  }

  /** Uses the connection, watched as `send` is. */
  async use<Result>(run: (client: RedisClient) => Promise<Result>): Promise<Result> {
    const client = this.#client;
    if (client === undefined) throw new BackendError("unsent");
    if (this.#inFlight === 0) this.#heardAt = performance.now();
    this.#inFlight += 1;
    try {
      return await run(client);
    } catch (error) {
      if (isReadOnly(error)) this.replace();
      throw translate(error);
    } finally {
      this.#heardAt = performance.now();
      this.#inFlight -= 1;
    }
  }

  /** Gives the connection up and makes another. */
  replace(): void {
    this.#broken.abort();
  }

  /** Leaves for another Redis, unless the connection leads there. */
  moveTo(address: RedisAddress): void {
    if (this.#address !== undefined && this.#address !== address) this.replace();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watchdog);
    this.#over.abort();
    this.#broken.abort();
    await this.#running;
  }

  #watch(): void {
    if (this.#inFlight === 0 || !this.#isSilent()) return;
    // After a pause of this process, what was answered meanwhile is read first.
    setImmediate(() => this.#inFlight > 0 && this.#isSilent() && this.replace());
  }

  #isSilent(): boolean {
    return performance.now() - this.#heardAt > this.#options.silentMs;
  }

  async #run(): Promise<void> {
    let delayMs = 0;
    while (!this.#closed) {
      // Not at once, and not all processes together: a Redis that comes back has enough to do.
      await wait(delayMs * (0.5 + Math.random() / 2), undefined, this.#closing).catch(() => {});
      if (this.#closed) return;
      this.#broken = new AbortController();
      this.failure = undefined;
      await this.#connectOnce(this.#broken);
      if (!this.#wasUp && !this.#closed) this.#options.failed(this.failure);
      this.#firstTry();
      if (this.#wasUp) delayMs = 0;
      delayMs = Math.min(longestWaitMs, Math.max(shortestWaitMs, delayMs * 2));
    }
  }

  /** One connection, from its making to its end. Never rejects: what went wrong stands in `failure`. */
  async #connectOnce(broken: AbortController): Promise<void> {
    this.#wasUp = false;
    let client: RedisClient | undefined;
    try {
      this.#address = await orGivenUp(this.#options.where.find(), broken);
      client = makeClient(this.#address);
      client.on("error", (error: unknown) => {
        this.failure = error;
        broken.abort();
      });
      await this.#greet(client, broken);
      this.failure = undefined;
      this.#client = client;
      this.#wasUp = true;
      this.#options.up();
      this.#firstTry();
      await aborted(broken.signal);
    } catch (error) {
      // Giving up follows from the error that the client told, which says more.
      this.failure ??= error;
    }
    if (!this.#wasUp && this.#address !== undefined) this.#options.where.doubt(this.#address);
    this.#client = undefined;
    this.#address = undefined;
    if (this.#wasUp && !this.#closed) this.#options.down();
    client?.destroy();
  }

  async #greet(client: RedisClient, broken: AbortController): Promise<void> {
    const patience = setTimeout(() => broken.abort(), greetingMs);
    const ready = client.connect().then(async () => {
      await this.#options.where.check(client);
      await this.#options.greet(client);
    });
    try {
      await orGivenUp(ready, broken);
    } finally {
      clearTimeout(patience);
    }
  }
}

const shortestWaitMs = 50;
const longestWaitMs = 500;
/** How long connecting and greeting may take together. */
const greetingMs = 1500;

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** What comes of it, unless the connection is given up first; then nobody waits for it any more. */
async function orGivenUp<Result>(coming: Promise<Result>, broken: AbortController): Promise<Result> {
  coming.catch(() => {});
  return Promise.race([coming, aborted(broken.signal).then(gaveUp)]);
}

function gaveUp(): never {
  throw new BackendError("unsent");
}
