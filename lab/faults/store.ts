import { RedisServer } from "../wire/redis.ts";
import { SentinelGroup } from "../wire/sentinel.ts";
import { TcpProxy } from "../wire/tcp-proxy.ts";

export interface StoreOptions {
  readonly redisArgs?: readonly string[];
  /** Whether it is a master with a replica, and three Sentinels that watch them. */
  readonly sentinels?: boolean;
}

/** Where a world keeps its calls: one Redis that is yet to be started, or all that may fail over. */
export class Store {
  /** The only one, or the first master. */
  readonly redis: RedisServer;
  readonly group: SentinelGroup | undefined;
  readonly #removals: readonly (() => Promise<void>)[];

  private constructor(
    redis: RedisServer,
    group: SentinelGroup | undefined,
    removals: readonly (() => Promise<void>)[],
  ) {
    this.redis = redis;
    this.group = group;
    this.#removals = removals;
  }

  static async prepare({ redisArgs = [], sentinels = false }: StoreOptions): Promise<Store> {
    const removals: (() => Promise<void>)[] = [];
    if (!sentinels) {
      const redis = await RedisServer.prepare(...redisArgs);
      return new Store(redis, undefined, [() => redis.remove()]);
    }
    const after = (remove: () => Promise<void>): void => void removals.push(remove);
    try {
      const group = await SentinelGroup.start({ after }, { masterArgs: redisArgs, replicas: 1 });
      return new Store(await group.master(), group, removals);
    } catch (error) {
      for (const remove of removals) await remove();
      throw error;
    }
  }

  /** How one more server reaches it. */
  async way(): Promise<TcpProxy | SentinelGroup> {
    return this.group ?? TcpProxy.start(this.redis.port);
  }

  async remove(): Promise<void> {
    for (const remove of this.#removals) await remove();
  }
}
