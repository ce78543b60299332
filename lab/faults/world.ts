import type { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { RedisServer } from "../wire/redis.ts";
import type { SentinelGroup } from "../wire/sentinel.ts";
import { TcpProxy } from "../wire/tcp-proxy.ts";
import { Balancer } from "./balancer.ts";
import { check, type Verdict } from "./check.ts";
import { asked, makeAgent } from "./clients/asking.ts";
import { CallClient } from "./clients/call-client.ts";
import { PlainClient } from "./clients/plain-client.ts";
import type { Talker } from "./clients/talker.ts";
import { History } from "./history.ts";
import { Stranger } from "./clients/stranger.ts";
import { Node, seats } from "./node.ts";
import { Store, type StoreOptions } from "./store.ts";

export interface WorldOptions extends StoreOptions {
  readonly calls?: number;
  readonly servers?: number;
  readonly everyMs?: number;
  /** `leaseMs`, unless said. */
  readonly seatTimeoutMs?: number;
  /** More environment for each server, in turn. */
  readonly envs?: readonly NodeJS.ProcessEnv[];
  /** Whether somebody keeps trying to join the full calls. */
  readonly strangers?: boolean;
  /** Whether a call has two clients whose way to the service can be broken. */
  readonly edge?: boolean;
  /** What is made of the bytes that go to them: a fault that only the checker can see. */
  readonly plant?: (bytes: Buffer) => Buffer;
  /** Whether Redis runs from the beginning. */
  readonly redisRuns?: boolean;
}

/** A deployment under load: Redis, servers behind a balancer, and calls of four clients that talk all the time. */
export class World {
  readonly history = new History();
  readonly nodes: Node[] = [];
  readonly talkers: Talker[] = [];
  readonly balancer: Balancer;
  readonly agent: Agent = makeAgent();
  /** The way of `edgeClients` to the service. */
  edge: TcpProxy | undefined;
  readonly edgeClients: PlainClient[] = [];
  /** Who is on the call with them. */
  near: PlainClient | undefined;
  /** How many strikes took servers away, in turn. */
  injections = 0;
  readonly options: WorldOptions;
  readonly #store: Store;
  readonly #strangers: Stranger[] = [];

  private constructor(store: Store, balancer: Balancer, options: WorldOptions) {
    this.#store = store;
    this.balancer = balancer;
    this.options = options;
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const store = await Store.prepare(options);
    const world = new World(store, await Balancer.start(), options);
    try {
      if (options.redisRuns !== false && options.sentinels !== true) await store.redis.start();
      const { servers = 3, envs = [], seatTimeoutMs } = options;
      await Promise.all(
        Array.from({ length: servers }, async (_, i) => {
          const way = await store.way();
          world.nodes.push(await Node.start({ way, env: envs[i], seatTimeoutMs }));
        }),
      );
      world.serveAll();
      if (options.redisRuns !== false) await world.begin();
    } catch (error) {
      await world.end();
      throw error;
    }
    return world;
  }

  /** Lets the clients in; resolves when all are attached and talk. */
  async begin(): Promise<void> {
    const { history, agent, balancer, options } = this;
    const { url } = balancer;
    for (let i = 0; i < (options.calls ?? 5); i += 1) {
      const call = `call-${i}`;
      const plain = { agent, history, url: () => url };
      this.talkers.push(
        new PlainClient(`${call}.seed`, call, { ...plain, kind: "seed" }),
        new PlainClient(`${call}.two`, call, { ...plain, kind: "seed" }),
        new PlainClient(`${call}.resuming`, call, { ...plain, kind: "resuming" }),
        new CallClient(`${call}.sdk`, call, { url, history }),
      );
    }
    if (options.edge === true) {
      const edge = await TcpProxy.start(Number(new URL(url).port), options.plant);
      this.edge = edge;
      const through = { agent, history, url: () => `http://${edge.addr}` };
      this.edgeClients.push(
        new PlainClient("edge.seed", "edge", { ...through, kind: "seed" }),
        new PlainClient("edge.resuming", "edge", { ...through, kind: "resuming" }),
      );
      this.near = new PlainClient("edge.near", "edge", { ...through, url: () => url, kind: "resuming" });
      this.talkers.push(...this.edgeClients, this.near);
    }
    await this.untilAttached();
    for (const talker of this.talkers) talker.talk(options.everyMs ?? 200);
    if (options.strangers === true) {
      for (const call of this.calls) this.#strangers.push(new Stranger(call, url, agent, history));
    }
  }

  get calls(): readonly string[] {
    return [...new Set(this.talkers.map(({ call }) => call))];
  }

  /** The only Redis, or the first master. */
  get redis(): RedisServer {
    return this.#store.redis;
  }

  /** All that may fail over, in a world that has Sentinels. */
  get group(): SentinelGroup {
    const { group } = this.#store;
    if (group === undefined) throw new Error("this world has no Sentinels");
    return group;
  }

  /** Sends new connections to every server but these. */
  serveAll(...but: readonly Node[]): void {
    this.balancer.serve(this.nodes.filter((node) => !but.includes(node)).map(({ server }) => server.url));
  }

  get attached(): number {
    return this.talkers.filter(({ isAttached }) => isAttached).length;
  }

  /** Resolves with true when every client is attached, or with false when that takes too long. */
  async untilAttached(withinMs = 15_000): Promise<boolean> {
    const start = performance.now();
    while (this.attached < this.talkers.length) {
      if (performance.now() - start > withinMs) return false;
      await wait(20);
    }
    return true;
  }

  /**
   * Resolves when every server is ready and a join and a leave pass at each; answers how long it took, in ms. Rejects
   * after a minute, far more than any figure is held to.
   */
  async untilServing(): Promise<number> {
    const start = performance.now();
    const again = async (): Promise<void> => {
      if (performance.now() - start > 60_000) throw new Error("not all servers serve after a minute");
      await wait(10);
    };
    for (const { server } of this.nodes) {
      while ((await asked(this.agent, "GET", `${server.adminUrl}/readyz`)).status !== 200) await again();
      const joined = async (): Promise<boolean> => {
        const { status, text } = await asked(this.agent, "POST", `${server.url}/call/probe-${Math.random()}`);
        if (status !== 200) return false;
        await asked(this.agent, "POST", `${server.url}/leave`, { ...JSON.parse(text), kind: "LEAVE" });
        return true;
      };
      while (!(await joined())) await again();
    }
    return performance.now() - start;
  }

  /** Stops talking, gives what is on its way time to arrive, and judges what was seen. */
  async judge(): Promise<Verdict> {
    for (const stranger of this.#strangers) await stranger.close();
    await Promise.all(this.talkers.map((talker) => talker.hush()));
    await this.untilAttached();
    const start = performance.now();
    for (;;) {
      const verdict = check(this.history.entries, seats);
      if (verdict.lost.length === 0 || performance.now() - start > 5000) return verdict;
      await wait(500);
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#strangers.map((stranger) => stranger.close()));
    await Promise.all(this.talkers.map((talker) => talker.close()));
    this.agent.destroy();
    for (const node of this.nodes) await node.end();
    this.edge?.close();
    this.balancer.close();
    await this.#store.remove();
  }
}
