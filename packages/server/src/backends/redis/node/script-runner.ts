import type { RedisClient, Reply } from "./client.ts";
import type { Keys } from "../keys.ts";
import { readScripts, type Verb } from "./scripts.ts";
import { readServer, type RedisServer } from "./server.ts";

/** Runs the scripts on whatever connection there is, and tells them which Redis it leads to. */
export class ScriptRunner {
  readonly #scripts = readScripts();
  readonly #keys: Keys;
  /** Redis's run id, as this connection knows it: another one means that data may be lost. */
  #runId = "";
  /** When it became another, on this process's clock. */
  #changedAt = -Infinity;

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  /** First thing on a new connection: learns the run id, loads the scripts, and tries what a user may be denied. */
  async prepare(client: RedisClient): Promise<RedisServer> {
    const server = await readServer(client);
    if (this.#runId !== "" && this.#runId !== server.runId) this.#changedAt = performance.now();
    this.#runId = server.runId;
    await Promise.all(
      Object.values(this.#scripts).map(({ source }) => client.sendCommand(["SCRIPT", "LOAD", source])),
    );
    // No call has this name; keys and channel are denied by their prefix, which this one has too.
    await this.runWhole(client, "resync", "", ["0", "0"]);
    const { channel } = this.#keys.of("");
    await client.subscribe(channel, ignore, true);
    await client.unsubscribe(channel, ignore, true);
    return server;
  }

  /** Whether Redis was another until just now, so that seats it lost may not have been given back to their holders yet. */
  get isNew(): boolean {
    return performance.now() - this.#changedAt < givingBackMs;
  }

  /** Runs one, by its digest: fails where somebody has flushed the scripts, and then it was not run. */
  run(client: RedisClient, verb: Verb, call: string, args: readonly Argument[]): Promise<Reply> {
    return this.#send(client, "EVALSHA", this.#scripts[verb].sha, call, args);
  }

  /** Runs one that Redis may not know: sends it whole, and Redis knows it from then on. */
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

/** What a script is given. */
export type Argument = string | Buffer;

/** By when every process has met a Redis that came back, and has renewed the seats of its websockets. */
const givingBackMs = 2000;

function ignore(): void {}
