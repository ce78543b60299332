import type { RedisClient, Reply } from "./client.ts";
import { isUnknownScript } from "./errors.ts";
import type { Keys } from "./keys.ts";
import { readScripts, type Verb } from "./scripts.ts";
import { readServer, type RedisServer } from "./server.ts";

/** Runs the scripts on whatever connection there is, and tells them which Redis it leads to. */
export class ScriptRunner {
  private readonly scripts = readScripts();
  private readonly keys: Keys;
  /** Redis's run id, as this connection knows it: another one means that data may be lost. */
  private runId = "";
  /** When it became another, on this process's clock. */
  private changedAt = -Infinity;

  constructor(keys: Keys) {
    this.keys = keys;
  }

  /** First thing on a new connection: learns the run id, loads the scripts, and tries what a user may be denied. */
  async prepare(client: RedisClient): Promise<RedisServer> {
    const server = await readServer(client);
    if (this.runId !== "" && this.runId !== server.runId) this.changedAt = performance.now();
    this.runId = server.runId;
    await Promise.all(
      Object.values(this.scripts).map(({ source }) => client.sendCommand(["SCRIPT", "LOAD", source])),
    );
    // No call has this name; keys and channel are denied by their prefix, which this one has too.
    await this.run(client, "resync", "", ["0", "0"]);
    const { channel } = this.keys.of("");
    await client.subscribe(channel, ignore, true);
    await client.unsubscribe(channel, ignore, true);
    return server;
  }

  /** Whether Redis was another until just now, so that seats it lost may not have been given back to their holders yet. */
  get isNew(): boolean {
    return performance.now() - this.changedAt < givingBackMs;
  }

  /** Runs one, by its digest; sends it whole where somebody has flushed the scripts. */
  async run(
    client: RedisClient,
    verb: Verb,
    call: string,
    args: readonly (string | Buffer)[],
  ): Promise<Reply> {
    const { state, log, channel } = this.keys.of(call);
    const { sha, source } = this.scripts[verb];
    const rest = ["2", state, log, channel, this.runId, ...args];
    try {
      return await client.sendCommand<Reply>(["EVALSHA", sha, ...rest]);
    } catch (error) {
      // Then it was not run.
      if (!isUnknownScript(error)) throw error;
      return client.sendCommand<Reply>(["EVAL", source, ...rest]);
    }
  }
}

/** By when every process has met a Redis that came back, and has renewed the seats of its websockets. */
const givingBackMs = 2000;

function ignore(): void {}
