import { hostAndPort } from "../../../host-port.ts";
import type { RedisAccess, RedisAddress } from "../node/address.ts";
import { makeClient, type RedisClient } from "../node/client.ts";
import type { AddressSource } from "../node/address-source.ts";
import { RedisNode, type RedisNodeOptions } from "../node/redis-node.ts";
import { serveFrom, type Topology } from "./topology.ts";

export interface SentinelOptions {
  readonly sentinels: readonly RedisAddress[];
  /** The name by which the Sentinels know the master. */
  readonly master: string;
  /** How to access the master. */
  readonly access: RedisAccess;
  /** The interval between queries for the master's address, in milliseconds. */
  readonly probeMs: number;
}

/** Opens a topology of one Redis: the master that Sentinels name. The node moves with each failover. */
export function openSentinel(sentinel: SentinelOptions, options: Omit<RedisNodeOptions, "source">): Topology {
  const source = new MasterSource(sentinel, (address) => node.moveTo(address));
  const node = new RedisNode({ ...options, source });
  const close = async (): Promise<void> => void (await Promise.all([node.close(), source.close()]));
  return { ...serveFrom(node), close };
}

/** No Sentinel named a master. */
export class NoMasterError extends Error {
  override readonly name = "NoMasterError";
}

/**
 * Queries Sentinels for the master's address, one after the other, and keeps the connection to the one that responds.
 * It queries on every attempt to connect, and at intervals, because a former master may continue to respond.
 */
class MasterSource implements AddressSource {
  readonly #options: SentinelOptions;
  readonly #prober: NodeJS.Timeout;
  #client: RedisClient | undefined;
  /** The number of failed queries. Each one selects the next Sentinel, which is used until it fails. */
  #failures = 0;
  #isDoubted = false;
  #address: RedisAddress | undefined;
  #query: Promise<RedisAddress> | undefined;
  readonly #onMove: (address: RedisAddress) => void;
  #closed = false;

  constructor(options: SentinelOptions, onMove: (address: RedisAddress) => void) {
    this.#options = options;
    this.#onMove = onMove;
    // A failover that Sentinels publish could be missed on a connection that died silently.
    this.#prober = setInterval(() => void this.findAddress().catch(() => {}), options.probeMs);
  }

  /** Queries the Sentinels; calls during a query share it. @throws NoMasterError */
  findAddress(): Promise<RedisAddress> {
    this.#query ??= this.#queryAll().finally(() => {
      this.#query = undefined;
    });
    return this.#query;
  }

  /** Refuses a replica: a Sentinel may be behind. Uses INFO, because ROLE requires another right. */
  async checkServer(client: RedisClient): Promise<void> {
    const info = (await client.sendCommand<Buffer>(["INFO", "replication"])).toString();
    if (!/^role:master/m.test(info)) throw new Error("the Redis that Sentinel names is a replica");
  }

  doubtAddress(address: RedisAddress): void {
    // The Sentinel that named it may be cut off from the others: the next query goes to another one.
    if (address === this.#address) this.#isDoubted = true;
  }

  get masterName(): string | undefined {
    return this.#address && nameOf(this.#address);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#prober);
    this.#disconnect();
    await this.#query?.catch(() => {});
  }

  async #queryAll(): Promise<RedisAddress> {
    const { sentinels, access } = this.#options;
    const reasons: string[] = [];
    if (this.#isDoubted) this.#selectNext();
    for (const _ of sentinels) {
      const sentinel = sentinels[this.#failures % sentinels.length];
      if (sentinel === undefined || this.#closed) break;
      try {
        const { host, port } = await withDeadline(this.#queryOne(sentinel));
        if (this.#address?.host !== host || this.#address.port !== port) {
          this.#address = { ...access, host, port };
          this.#onMove(this.#address);
        }
        return this.#address;
      } catch (error) {
        reasons.push(`${nameOf(sentinel)}: ${error instanceof Error ? error.message : String(error)}`);
        this.#selectNext();
      }
    }
    throw new NoMasterError(`no Sentinel names a master: ${reasons.join("; ")}`);
  }

  async #queryOne(sentinel: RedisAddress): Promise<{ readonly host: string; readonly port: number }> {
    const { master } = this.#options;
    const client = this.#client ?? (await this.#connect(sentinel));
    const query = ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", master];
    const reply = await client.sendCommand<readonly Buffer[] | null>(query);
    if (reply === null) throw new Error(`knows no master ${master}`);
    const [host = "", port = ""] = reply.map(String);
    return { host, port: Number(port) };
  }

  async #connect(sentinel: RedisAddress): Promise<RedisClient> {
    const client = makeClient(sentinel);
    this.#client = client;
    client.on("error", () => this.#client === client && this.#disconnect());
    await client.connect();
    return client;
  }

  #selectNext(): void {
    this.#isDoubted = false;
    this.#failures += 1;
    this.#disconnect();
  }

  #disconnect(): void {
    this.#client?.destroy();
    this.#client = undefined;
  }
}

function nameOf({ host, port }: RedisAddress): string {
  return hostAndPort(host, port);
}

/** How long one Sentinel may take to connect and respond: they are queried in turn while Redis is down. */
const deadlineMs = 500;

async function withDeadline<Result>(pending: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const deadline = setTimeout(() => reject(new Error("does not answer")), deadlineMs);
  // After the deadline, its rejection has no other handler.
  pending.catch(() => {});
  try {
    return await Promise.race([pending, late]);
  } finally {
    clearTimeout(deadline);
  }
}
