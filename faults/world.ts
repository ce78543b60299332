import type { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { RedisServer } from "../test/support/redis.ts";
import { ServerProcess } from "../test/support/server-process.ts";
import { TcpProxy } from "../test/support/tcp-proxy.ts";
import { Balancer } from "./balancer.ts";
import { check, type Verdict } from "./check.ts";
import { asked, makeAgent } from "./clients/asking.ts";
import { CallClient } from "./clients/call-client.ts";
import { PlainClient } from "./clients/plain-client.ts";
import type { Talker } from "./clients/talker.ts";
import { History } from "./history.ts";
import { Stranger } from "./clients/stranger.ts";

/** One lease of the rows under load, in milliseconds; other durations are given in leases. */
export const leaseMs = 5000;
/** How often a server asks its subscriber connection whether it lives. */
export const probeMs = 1000;
const seats = 4;

export interface WorldOptions {
  readonly calls?: number;
  readonly servers?: number;
  readonly everyMs?: number;
  readonly redisArgs?: readonly string[];
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

/** A server, and the proxy by which it reaches Redis. */
export interface Node {
  server: ServerProcess;
  readonly proxy: TcpProxy;
}

/** A deployment under load: Redis, servers behind a balancer, and calls of four clients that talk all the time. */
export class World {
  readonly history = new History();
  readonly redis: RedisServer;
  readonly nodes: Node[] = [];
  readonly talkers: Talker[] = [];
  readonly balancer: Balancer;
  readonly agent: Agent = makeAgent();
  /** The way of `edgeClients` to the service. */
  edge: TcpProxy | undefined;
  readonly edgeClients: PlainClient[] = [];
  /** How many strikes took servers away, in turn. */
  strikes = 0;
  readonly options: WorldOptions;
  private readonly strangers: Stranger[] = [];

  private constructor(redis: RedisServer, balancer: Balancer, options: WorldOptions) {
    this.redis = redis;
    this.balancer = balancer;
    this.options = options;
  }

  static async start(options: WorldOptions = {}): Promise<World> {
    const redis = await RedisServer.prepare(...(options.redisArgs ?? []));
    const world = new World(redis, await Balancer.start(), options);
    try {
      if (options.redisRuns !== false) await redis.start();
      await Promise.all(
        Array.from({ length: options.servers ?? 3 }, async (_, i) => {
          const proxy = await TcpProxy.start(redis.port);
          world.nodes.push({ proxy, server: await world.startServer(proxy, options.envs?.[i]) });
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
      const near = new PlainClient("edge.near", "edge", { ...through, url: () => url, kind: "resuming" });
      this.talkers.push(...this.edgeClients, near);
    }
    await this.untilAttached();
    for (const talker of this.talkers) talker.talk(options.everyMs ?? 200);
    if (options.strangers === true) {
      for (const call of this.calls) this.strangers.push(new Stranger(call, url, agent, history));
    }
  }

  get calls(): readonly string[] {
    return [...new Set(this.talkers.map(({ call }) => call))];
  }

  startServer(proxy: TcpProxy, env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
    return ServerProcess.startWith(
      { ...process.env, ...env },
      "--redis-addr",
      proxy.addr,
      ...`--seat-count ${seats} --seat-timeout ${leaseMs}ms --redis-probe-interval ${probeMs}ms`.split(" "),
      ..."--ws-ping-interval 1s --ws-read-timeout 3s --drain-timeout 1s".split(" "),
    );
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

  /** Resolves when every server is ready and a join and a leave pass at each; answers how long it took, in ms. */
  async untilServing(): Promise<number> {
    const start = performance.now();
    for (const { server } of this.nodes) {
      while ((await asked(this.agent, "GET", `${server.adminUrl}/readyz`)).status !== 200) await wait(10);
      const joined = async (): Promise<boolean> => {
        const { status, text } = await asked(this.agent, "POST", `${server.url}/call/probe-${Math.random()}`);
        if (status !== 200) return false;
        await asked(this.agent, "POST", `${server.url}/leave`, { ...JSON.parse(text), kind: "LEAVE" });
        return true;
      };
      while (!(await joined())) await wait(10);
    }
    return performance.now() - start;
  }

  /** Stops talking, gives what is on its way time to arrive, and judges what was seen. */
  async judge(): Promise<Verdict> {
    for (const stranger of this.strangers) await stranger.close();
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
    await Promise.all(this.strangers.map((stranger) => stranger.close()));
    await Promise.all(this.talkers.map((talker) => talker.close()));
    this.agent.destroy();
    for (const { server, proxy } of this.nodes) {
      server.resume();
      await server.end("SIGKILL");
      proxy.close();
    }
    this.edge?.close();
    this.balancer.close();
    await this.redis.remove();
  }
}
