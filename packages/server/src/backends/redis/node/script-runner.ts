import type { RedisClient, Reply } from "./client.ts";
import type { Keys } from "../keys.ts";
import { readScripts, type Verb } from "./scripts.ts";
import { readServer, type RedisServer } from "./server.ts";

/** Runs the scripts of one node, and passes them the run id of the Redis that the connection leads to. */
export class ScriptRunner {
  readonly #scripts = readScripts();
  readonly #keys: Keys;
  /** The run id that the newest connection read: another one means that data may be lost. */
  #runId = "";
  /** When the run id changed, on this process's clock. */
  #changedAt = -Infinity;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  /** Runs first on a new connection: reads the run id, loads the scripts, and tries everything that a user may be denied. */
  async prepare(client: RedisClient): Promise<RedisServer> {
    const server = await readServer(client);
    if (this.#runId !== "" && this.#runId !== server.runId) this.#changedAt = performance.now();
    this.#runId = server.runId;
    await Promise.all(
      Object.values(this.#scripts).map(({ source }) => client.sendCommand(["SCRIPT", "LOAD", source])),
    );
    // No call has an empty name. A user's rights depend on the prefix, which these names share.
    await this.runWhole(client, "resync", "", ["0", "0"]);
    const { channel } = this.#keys.of("");
    await client.subscribe(channel, ignore, true);
    await client.unsubscribe(channel, ignore, true);
    return server;
  }

  /** Whether the run id changed so recently that holders may not have renewed their lost seats yet. */
  get mayLackSeats(): boolean {
    return performance.now() - this.#changedAt < reseatingMs;
  }

  /** Runs a script by its digest. Fails without running it where the scripts were flushed. */
  run(client: RedisClient, verb: Verb, call: string, args: readonly Argument[]): Promise<Reply> {
    return this.#send(client, "EVALSHA", this.#scripts[verb].sha, call, args);
  }

  /** Runs a script by its source, which also loads it. */
  runWhole(client: RedisClient, verb: Verb, call: string, args: readonly Argument[]): Promise<Reply> {
    return this.#send(client, "EVAL", this.#scripts[verb].source, call, args);
  }

  #send(
    client: RedisClient,
    command: "EVALSHA" | "EVAL",
    script: string,
    call: string,
    args: readonly Argument[],
  ): Promise<Reply> {
    const { state, log, channel } = this.#keys.of(call);
    return client.sendCommand<Reply>([command, script, "2", state, log, channel, this.#runId, ...args]);
  }
}

/** An argument of a script. */
export type Argument = string | Buffer;

/** The time in which every process connects to a Redis that returned, and renews the seats of its websockets. */
const reseatingMs = 2000;

function ignore(): void {}
