import type { Backend, Body, CallRules, ChannelListener, Channels, Holder } from "../../calls/backend.ts";
import { BackendError } from "../../calls/backend.ts";
import type { Reporter } from "../../calls/reports.ts";
import type { SignalKind } from "../../protocol/messages.ts";
import { RedisChannels } from "./channels.ts";
import { makeClient, type RedisAddress, type RedisClient, type Reply } from "./client.ts";
import { isUnknownScript } from "./errors.ts";
import { type CallKeys, keysOf } from "./keys.ts";
import { Link } from "./link.ts";
import { readAttach, readJoin, readLeave, readPublish, readRenew, readResync } from "./replies.ts";
import { readScripts, type Script, type Verb } from "./scripts.ts";
import { readServer, refusalOf } from "./server.ts";

export interface RedisOptions extends RedisAddress {
  /** What every key and channel begins with. */
  readonly prefix: string;
  /** How often the subscriber connection is asked whether it lives, in milliseconds. */
  readonly probeMs: number;
  readonly report: Reporter;
}

/** Says that this Redis can't be used, ever: too old, or it does not know us. */
export class RedisRefusedError extends Error {
  override readonly name = "RedisRefusedError";
  readonly code = "redis refused";
}

/**
 * Opens the Redis backend: one connection for commands, and one for what is heard. Resolves when it
 * is ready, or when the first attempt has shown Redis to be away: then it goes on trying.
 * @throws RedisRefusedError when Redis answers, and can't serve: older than 7.0, or a wrong password.
 */
export async function openRedisBackend(options: RedisOptions): Promise<Backend> {
  const backend = new RedisBackend(options);
  try {
    await backend.opened();
  } catch (error) {
    await backend.close();
    throw error;
  }
  return backend;
}

class RedisBackend implements Backend {
  readonly outlivesProcess = true;
  private readonly options: RedisOptions;
  private readonly scripts: Readonly<Record<Verb, Script>> = readScripts();
  private readonly link: Link;
  private readonly channels = new Set<RedisChannels>();
  /** Redis's run id, as this connection knows it: another one means that data may be lost. */
  private runId = "";
  private notice = "";
  /** Seats whose joiners never got their answers: left as soon as that can be. */
  private readonly owed = new Map<string, string>();

  constructor(options: RedisOptions) {
    this.options = options;
    this.link = new Link({
      make: () => makeClient(options),
      greet: (client) => this.greet(client),
      up: () => this.up(),
      down: () =>
        this.tell("redis is away: joins and signals are refused, websockets stay while their leases last"),
      silentMs: 800,
    });
  }

  /** Waits for the first attempt to connect. */
  async opened(): Promise<void> {
    await this.link.tried;
    const refusal = refusalOf(this.link.failure);
    if (refusal !== undefined) throw new RedisRefusedError(refusal, { cause: this.link.failure });
    if (!this.link.isUp) this.tell(`redis can't be reached yet (${messageOf(this.link.failure)}); trying on`);
  }

  async join(
    call: string,
    session: string,
    introduction: Body,
    rules: CallRules,
  ): ReturnType<Backend["join"]> {
    const { leaseMs, seatCount, logEntries, logBytes } = rules;
    try {
      const args = [
        session,
        text(leaseMs),
        text(seatCount),
        text(logEntries),
        text(logBytes),
        asBuffer(introduction),
      ];
      return readJoin(await this.run("join", call, args));
    } catch (error) {
      if (error instanceof BackendError && error.code === "unknown") this.giveBack(call, session);
      throw error;
    }
  }

  async publish(
    call: string,
    session: string,
    kind: SignalKind,
    body: Body,
    rules: CallRules,
  ): ReturnType<Backend["publish"]> {
    const { leaseMs, logEntries, logBytes } = rules;
    const args = [session, text(leaseMs), text(logEntries), text(logBytes), kind, asBuffer(body)];
    return readPublish(await this.run("publish", call, args));
  }

  async attach(
    call: string,
    session: string,
    since: number | undefined,
    rules: CallRules,
  ): ReturnType<Backend["attach"]> {
    const args = [session, text(rules.leaseMs), since === undefined ? "" : text(since)];
    return readAttach(await this.run("attach", call, args));
  }

  async renew(call: string, session: string, holder: Holder, rules: CallRules): ReturnType<Backend["renew"]> {
    const { leaseMs, seatCount, logEntries, logBytes } = rules;
    const { gen, seenAt, cursor, epoch, till } = holder;
    const numbers = [leaseMs, seatCount, logEntries, logBytes, gen, seenAt, cursor, epoch, till];
    return readRenew(await this.run("renew", call, [session, ...numbers.map(text)]));
  }

  async leave(call: string, session: string): ReturnType<Backend["leave"]> {
    return readLeave(await this.run("leave", call, [session]));
  }

  async resync(call: string, epoch: number, since: number): ReturnType<Backend["resync"]> {
    return readResync(await this.run("resync", call, [text(epoch), text(since)]));
  }

  giveBack(call: string, session: string): void {
    // Past this many its lease frees a seat soon enough.
    if (this.owed.size < owedSeats) this.owed.set(session, call);
    if (this.link.isUp) void this.payBack();
  }

  open(listener: ChannelListener): Channels {
    const { prefix, database, probeMs } = this.options;
    const channels = new RedisChannels(
      this.options,
      probeMs,
      (call) => keysOf(prefix, database, call).channel,
      listener,
    );
    this.channels.add(channels);
    return {
      subscribe: (call) => channels.subscribe(call),
      unsubscribe: (call) => channels.unsubscribe(call),
      close: async () => {
        this.channels.delete(channels);
        await channels.close();
      },
    };
  }

  async reachable(): Promise<boolean> {
    if (![...this.channels].every((channels) => channels.isUp)) return false;
    return this.link.send(["PING"]).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.link.close(), ...[...this.channels].map((channels) => channels.close())]);
  }

  private async run(verb: Verb, call: string, args: readonly (string | Buffer)[]): Promise<Reply> {
    const { prefix, database } = this.options;
    const keys = keysOf(prefix, database, call);
    return this.link.use((client) => evaluate(client, this.scripts[verb], keys, this.runId, args));
  }

  private async greet(client: RedisClient): Promise<void> {
    const server = await readServer(client);
    this.runId = server.runId;
    await Promise.all(
      Object.values(this.scripts).map(({ source }) => client.sendCommand(["SCRIPT", "LOAD", source])),
    );
    if (server.evicts) {
      this.tell(`redis evicts keys (maxmemory-policy ${server.policy}), which loses calls: set noeviction`);
    }
  }

  private up(): void {
    this.tell("redis answers");
    void this.payBack();
  }

  private async payBack(): Promise<void> {
    for (const [session, call] of this.owed) {
      try {
        await this.leave(call, session);
        this.owed.delete(session);
      } catch {
        return;
      }
    }
  }

  /** Tells an operator once, not at every attempt. */
  private tell(text_: string): void {
    if (this.notice === text_) return;
    this.notice = text_;
    this.options.report({ event: "notice", text: text_ });
  }
}

const owedSeats = 10_000;

async function evaluate(
  client: RedisClient,
  script: Script,
  { state, log, channel }: CallKeys,
  runId: string,
  args: readonly (string | Buffer)[],
): Promise<Reply> {
  const rest = ["2", state, log, channel, runId, ...args];
  try {
    return await client.sendCommand<Reply>(["EVALSHA", script.sha, ...rest]);
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    // Somebody flushed the scripts; this one was not run.
    return client.sendCommand<Reply>(["EVAL", script.source, ...rest]);
  }
}

function text(value: number): string {
  return String(value);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
