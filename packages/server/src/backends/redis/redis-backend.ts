import type {
  Backend,
  Body,
  CallLimits,
  ChannelListener,
  Channels,
  Holder,
} from "../../calls/ports/backend.ts";
import { BackendError } from "../../calls/ports/backend.ts";
import type { Reporter } from "../../calls/ports/telemetry.ts";
import type { SignalKind } from "webrtc-signals-protocol";
import { RedisChannels } from "./node/channels.ts";
import type { RedisClient, Reply } from "./node/client.ts";
import { isUnknownScript } from "./node/errors.ts";
import { Keys } from "./keys.ts";
import { Link } from "./node/connection.ts";
import { type RedisPlace, whereaboutsOf } from "./topology/topology-of.ts";
import { readAttach, readHolds, readJoin, readLeave, readPublish, readRenew, readResync } from "./replies.ts";
import { type Argument, ScriptRunner } from "./node/script-runner.ts";
import type { Verb } from "./node/scripts.ts";
import { TooOldError } from "./node/server.ts";
import { NoMasterError } from "./topology/sentinel.ts";
import type { Whereabouts } from "./node/whereabouts.ts";

export interface RedisOptions extends RedisPlace {
  /** What every key and channel begins with. */
  readonly prefix: string;
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
 * @throws RedisRefusedError when Redis answers, and can't serve: older than 7.0, or a wrong password;
 * or when no Sentinel names a master.
 */
export async function openRedisBackend(options: RedisOptions): Promise<Backend> {
  if (options.username !== undefined && !options.password) {
    // Redis would take us for its default user, without a word.
    throw new RedisRefusedError(
      `redis's user ${options.username} has no password here: give one, by --redis-password`,
    );
  }
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
  readonly #options: RedisOptions;
  readonly #where: Whereabouts;
  readonly #keys: Keys;
  readonly #scripts: ScriptRunner;
  readonly #link: Link;
  readonly #channels = new Set<RedisChannels>();
  #notice = "";
  /** Seats whose joiners never got their answers: left as soon as that can be. */
  readonly #owed = new Map<string, string>();
  #paying = false;

  constructor(options: RedisOptions) {
    this.#options = options;
    this.#where = whereaboutsOf(options);
    this.#keys = new Keys(options.prefix, options.database);
    this.#scripts = new ScriptRunner(this.#keys);
    this.#link = new Link({
      where: this.#where,
      greet: (client) => this.#greet(client),
      up: () => this.#up(),
      down: () =>
        this.#tell("warn", "redis is away: joins and signals are refused, websockets stay for their leases"),
      failed: (error) => this.#tell("warn", `redis can't be used (${messageOf(error)}); trying on`),
      silentMs: 800,
    });
    this.#where.onMove((address) => {
      for (const link of [this.#link, ...this.#channels]) link.moveTo(address);
    });
  }

  /** Waits for the first attempt to connect. */
  async opened(): Promise<void> {
    await this.#link.tried;
    const refusal = refusalOf(this.#link.failure);
    if (refusal !== undefined) throw new RedisRefusedError(refusal, { cause: this.#link.failure });
  }

  async join(
    call: string,
    session: string,
    introduction: Body,
    limits: CallLimits,
  ): ReturnType<Backend["join"]> {
    const { leaseMs, seatCount, logEntries, logBytes } = limits;
    try {
      const bounds = [text(leaseMs), text(seatCount), text(logEntries), text(logBytes)];
      const args = [session, ...bounds, asBuffer(introduction)];
      return readJoin(await this.#run("join", call, args));
    } catch (error) {
      if (error instanceof BackendError && error.code === "unknown") this.release(call, session);
      throw error;
    }
  }

  async publish(
    call: string,
    session: string,
    kind: SignalKind,
    body: Body,
    limits: CallLimits,
  ): ReturnType<Backend["publish"]> {
    const { leaseMs, logEntries, logBytes } = limits;
    const args = [session, text(leaseMs), text(logEntries), text(logBytes), kind, asBuffer(body)];
    return this.#certain(readPublish(await this.#run("publish", call, args)));
  }

  async attach(
    call: string,
    session: string,
    resumeAfter: number | undefined,
    limits: CallLimits,
  ): ReturnType<Backend["attach"]> {
    const args = [session, text(limits.leaseMs), resumeAfter === undefined ? "" : text(resumeAfter)];
    return this.#certain(readAttach(await this.#run("attach", call, args)));
  }

  async renew(
    call: string,
    session: string,
    holder: Holder,
    limits: CallLimits,
  ): ReturnType<Backend["renew"]> {
    const { leaseMs, seatCount, logEntries, logBytes } = limits;
    const { generation, seenAt, cursor, epoch, leaseEnd } = holder;
    const numbers = [leaseMs, seatCount, logEntries, logBytes, generation, seenAt, cursor, epoch, leaseEnd];
    return readRenew(await this.#run("renew", call, [session, ...numbers.map(text)]));
  }

  async holds(call: string, session: string): ReturnType<Backend["holds"]> {
    return this.#certain(readHolds(await this.#run("holds", call, [session])));
  }

  async leave(call: string, session: string): ReturnType<Backend["leave"]> {
    return readLeave(await this.#run("leave", call, [session]));
  }

  async resync(call: string, epoch: number, after: number): ReturnType<Backend["resync"]> {
    return readResync(await this.#run("resync", call, [text(epoch), text(after)]));
  }

  release(call: string, session: string): void {
    // Past this many its lease frees a seat soon enough.
    if (this.#owed.size < owedSeats) this.#owed.set(session, call);
    if (this.#link.isUp) void this.#payBack();
  }

  open(listener: ChannelListener): Channels {
    const { probeMs } = this.#options;
    const channels = new RedisChannels(this.#where, probeMs, (call) => this.#keys.of(call).channel, listener);
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

  async reachable(): Promise<boolean> {
    if (![...this.#channels].every((channels) => channels.isUp)) return false;
    return this.#link.send(["PING"]).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#link, ...this.#channels, this.#where].map((part) => part.close()));
  }

  /** Right after Redis lost its data nobody's session is over: whoever holds its websocket is about to renew it. */
  #certain<Answered extends { readonly word: string }>(reply: Answered): Answered {
    if (reply.word === "gone" && this.#scripts.isNew) throw new BackendError("unsent");
    return reply;
  }

  async #run(verb: Verb, call: string, args: readonly Argument[]): Promise<Reply> {
    try {
      return await this.#link.use((client) => this.#scripts.run(client, verb, call, args));
    } catch (error) {
      if (isUnknownScript(error))
        return this.#link.use((client) => this.#scripts.runWhole(client, verb, call, args));
      // Redis answered, and won't: out of memory, read-only, or not for this user.
      const refusal = error instanceof BackendError && error.code === "unsent" ? error.cause : undefined;
      if (refusal !== undefined) this.#tell("warn", `redis refuses what it is asked (${messageOf(refusal)})`);
      throw error;
    }
  }

  async #greet(client: RedisClient): Promise<void> {
    const { evicts, policy } = await this.#scripts.prepare(client);
    if (evicts)
      this.#tell("warn", `redis evicts keys (maxmemory-policy ${policy}), which loses calls: set noeviction`);
  }

  #up(): void {
    const master = this.#where.master();
    this.#tell("info", `redis answers${master === undefined ? "" : `: the master is ${master}`}`);
    void this.#payBack();
  }

  /** One payer at a time: it meets what is owed meanwhile as it goes. */
  async #payBack(): Promise<void> {
    if (this.#paying) return;
    this.#paying = true;
    try {
      for (const [session, call] of this.#owed) {
        await this.leave(call, session);
        this.#owed.delete(session);
      }
    } catch {
      // Away again: the next connection goes on.
    }
    this.#paying = false;
  }

  /** Tells an operator once, not at every attempt. */
  #tell(level: "info" | "warn", notice: string): void {
    if (this.#notice === notice) return;
    this.#notice = notice;
    this.#options.report({ event: "notice", level, text: notice });
  }
}

const owedSeats = 10_000;

function text(value: number): string {
  return String(value);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why Redis can never serve us, from what an attempt failed with; undefined when it may yet. */
function refusalOf(failure: unknown): string | undefined {
  if (failure instanceof TooOldError) return failure.message;
  if (failure instanceof NoMasterError)
    return `${failure.message}: check the Sentinels' addresses and password, and the master's name`;
  if (
    !(failure instanceof Error) ||
    !/^(WRONGPASS|NOAUTH|NOPERM|ERR DB index|ERR invalid DB|ERR The user executing the script)/.test(
      failure.message,
    )
  ) {
    return undefined;
  }
  return `redis refuses us (${failure.message}): check user, password and database`;
}
