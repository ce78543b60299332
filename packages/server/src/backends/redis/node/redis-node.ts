import type { ChannelListener, Channels } from "../../../calls/ports/backend.ts";
import { BackendError } from "../../../calls/ports/backend.ts";
import type { Reporter } from "../../../calls/ports/telemetry.ts";
import type { Keys } from "../keys.ts";
import type { RedisAddress } from "./address.ts";
import type { AddressSource } from "./address-source.ts";
import { RedisChannels } from "./channels.ts";
import type { RedisClient, Reply } from "./client.ts";
import { Connection } from "./connection.ts";
import { isUnknownScript } from "./errors.ts";
import { type Argument, ScriptRunner } from "./script-runner.ts";
import type { Verb } from "./scripts.ts";

export interface RedisNodeOptions {
  readonly source: AddressSource;
  readonly keys: Keys;
  /** The interval between health checks of each subscriber connection, in milliseconds. */
  readonly probeMs: number;
  readonly report: Reporter;
  /** Runs each time the command connection is ready. */
  readonly onUp: () => void;
}

/** One Redis: its command connection, its scripts, and its subscriber connections. Its address may change. */
export class RedisNode {
  readonly #options: RedisNodeOptions;
  readonly #scripts: ScriptRunner;
  readonly #commands: Connection;
  readonly #channels = new Set<RedisChannels>();
  #lastNotice = "";

  constructor(options: RedisNodeOptions) {
    this.#options = options;
    this.#scripts = new ScriptRunner(options.keys);
    this.#commands = new Connection({
      source: options.source,
      prepare: (client) => this.#prepare(client),
      onUp: () => this.#onUp(),
      onDown: () =>
        this.#notify(
          "warn",
          "redis is away: joins and signals are refused, websockets stay for their leases",
        ),
      onFailure: (error) => this.#notify("warn", `redis can't be used (${messageOf(error)}); trying on`),
      silentMs: 800,
    });
  }

  /** Resolves when the first attempt to connect has ended, whether it succeeded or not. */
  get firstAttempt(): Promise<void> {
    return this.#commands.firstAttempt;
  }

  /** Why the last attempt to connect failed; undefined when it succeeded. */
  get failure(): unknown {
    return this.#commands.failure;
  }

  /** Whether commands can be sent now. */
  get isUp(): boolean {
    return this.#commands.isUp;
  }

  /** Whether seats may be missing that the holders of their websockets are about to renew. */
  get mayLackSeats(): boolean {
    return this.#scripts.mayLackSeats;
  }

  /** Runs a script on a call. @throws BackendError; or Redis's own error, which is always a bug in this service. */
  async run(verb: Verb, call: string, args: readonly Argument[]): Promise<Reply> {
    try {
      return await this.#commands.use((client) => this.#scripts.run(client, verb, call, args));
    } catch (error) {
      if (isUnknownScript(error))
        return this.#commands.use((client) => this.#scripts.runWhole(client, verb, call, args));
      // Redis replied with a refusal: out of memory, read-only, or a right that the user lacks.
      const refusal = error instanceof BackendError && error.code === "unsent" ? error.cause : undefined;
      if (refusal !== undefined)
        this.#notify("warn", `redis refuses what it is asked (${messageOf(refusal)})`);
      throw error;
    }
  }

  /** Opens a subscriber connection. */
  openChannels(listener: ChannelListener): Channels {
    const { source, probeMs, keys } = this.#options;
    const channels = new RedisChannels(source, probeMs, (call) => keys.of(call).channel, listener);
    this.#channels.add(channels);
    return {
      subscribe: (call) => channels.subscribe(call),
      unsubscribe: (call) => channels.unsubscribe(call),
      close: async () => {
        this.#channels.delete(channels);
        await channels.close();
      },
    };
  }

  /** Returns whether all connections are up and Redis responds. Never rejects. */
  async checkReachable(): Promise<boolean> {
    if (![...this.#channels].every((channels) => channels.isUp)) return false;
    return this.#commands.send(["PING"]).then(
      () => true,
      () => false,
    );
  }

  /** Closes the connections that lead to another address; they connect again to this one. */
  moveTo(address: RedisAddress): void {
    for (const connection of [this.#commands, ...this.#channels]) connection.moveTo(address);
  }

  async close(): Promise<void> {
    await Promise.all([this.#commands, ...this.#channels].map((connection) => connection.close()));
  }

  async #prepare(client: RedisClient): Promise<void> {
    const { evicts, policy } = await this.#scripts.prepare(client);
    if (evicts)
      this.#notify(
        "warn",
        `redis evicts keys (maxmemory-policy ${policy}), which loses calls: set noeviction`,
      );
  }

  #onUp(): void {
    const { masterName } = this.#options.source;
    this.#notify("info", `redis answers${masterName === undefined ? "" : `: the master is ${masterName}`}`);
    this.#options.onUp();
  }

  /** Reports a change once, not at every attempt. */
  #notify(level: "info" | "warn", notice: string): void {
    if (this.#lastNotice === notice) return;
    this.#lastNotice = notice;
    this.#options.report({ event: "notice", level, text: notice });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
