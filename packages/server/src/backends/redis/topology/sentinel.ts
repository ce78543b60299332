import { hostAndPort } from "../../../host-port.ts";
import type { RedisAccess, RedisAddress } from "../node/address.ts";
import { makeClient, type RedisClient } from "../node/client.ts";
import type { Whereabouts } from "../node/whereabouts.ts";

/** Which Sentinels to ask, for whom, and how to speak to the Redis they name. */
export interface SentinelOptions {
  readonly sentinels: readonly RedisAddress[];
  /** The name by which the Sentinels know the master. */
  readonly master: string;
  readonly access: RedisAccess;
  /** How often to ask whether it is still the same, in milliseconds. */
  readonly probeMs: number;
}

/** No Sentinel could say which Redis is the master. */
export class NoMasterError extends Error {
  override readonly name = "NoMasterError";
}

/**
 * Asks Sentinels which Redis is the master, one after the other, on one connection that is kept to the one that
 * answers. It is asked on every attempt to connect, and at intervals beside: the former master may go on answering.
 */
export class Sentinels implements Whereabouts {
  readonly #options: SentinelOptions;
  readonly #prober: NodeJS.Timeout;
  #client: RedisClient | undefined;
  /** How often a Sentinel failed us: then it is the next one's turn, which keeps it as long as it serves. */
  #failures = 0;
  #doubted = false;
  #address: RedisAddress | undefined;
  #asking: Promise<RedisAddress> | undefined;
  #moved: (address: RedisAddress) => void = () => {};
  #closed = false;

  constructor(options: SentinelOptions) {
    this.#options = options;
    // What Sentinels publish of a failover could be missed on a connection that is silently dead.
    this.#prober = setInterval(() => void this.find().catch(() => {}), options.probeMs);
  }

  /** Asks, together with whoever asks already. @throws NoMasterError */
  find(): Promise<RedisAddress> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Refuses a replica: a Sentinel may not have heard of a failover. By INFO, since ROLE takes another right of a user. */
  async check(client: RedisClient): Promise<void> {
    const info = (await client.sendCommand<Buffer>(["INFO", "replication"])).toString();
    if (!/^role:master/m.test(info)) throw new Error("the Redis that Sentinel names is a replica");
  }

  doubt(address: RedisAddress): void {
    // Whoever named it may be cut off from the others, who know better.
    if (address === this.#address) this.#doubted = true;
  }

  onMove(listener: (address: RedisAddress) => void): void {
    this.#moved = listener;
  }

  master(): string | undefined {
    return this.#address && nameOf(this.#address);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#prober);
    this.#hangUp();
    await this.#asking?.catch(() => {});
  }

  async #ask(): Promise<RedisAddress> {
    const { sentinels, access } = this.#options;
    const reasons: string[] = [];
    if (this.#doubted) this.#turnToNext();
    for (const _ of sentinels) {
      const sentinel = sentinels[this.#failures % sentinels.length];
      if (sentinel === undefined || this.#closed) break;
      try {
        const { host, port } = await inTime(this.#askOne(sentinel));
        if (this.#address?.host !== host || this.#address.port !== port) {
          this.#address = { ...access, host, port };
          this.#moved(this.#address);
        }
        return this.#address;
      } catch (error) {
        reasons.push(`${nameOf(sentinel)}: ${error instanceof Error ? error.message : String(error)}`);
        this.#turnToNext();
      }
    }
    throw new NoMasterError(`no Sentinel names a master: ${reasons.join("; ")}`);
  }

  async #askOne(sentinel: RedisAddress): Promise<{ readonly host: string; readonly port: number }> {
    const { master } = this.#options;
    const client = this.#client ?? (await this.#call(sentinel));
    const question = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", master];
    const reply = await client.sendCommand<readonly Buffer[] | null>(question);
    if (reply === null) throw new Error(`knows no master ${master}`);
    const [host = "", port = ""] = reply.map(String);
    return { host, port: Number(port) };
  }

  async #call(sentinel: RedisAddress): Promise<RedisClient> {
    const client = makeClient(sentinel);
    this.#client = client;
    client.on("error", () => this.#client === client && this.#hangUp());
    await client.connect();
    return client;
  }

  #turnToNext(): void {
    this.#doubted = false;
    this.#failures += 1;
    this.#hangUp();
  }

  #hangUp(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }
}

function nameOf({ host, port }: RedisAddress): string {
  return hostAndPort(host, port);
}

/** How long one Sentinel may take to connect and answer: they are asked in turn while Redis is away. */
const patienceMs = 500;

async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const patience = setTimeout(() => reject(new Error("does not answer")), patienceMs);
  // Nobody waits for it any more once it is late.
  answer.catch(() => {});
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(patience);
  }
}
