import { setTimeout as wait } from "node:timers/promises";
import { Crew } from "./load/crew.ts";
import type { Order, Outcome } from "./load/orders.ts";
import { processCpuUs } from "./measure/process-cpu.ts";
import type { Plan } from "./plan.ts";
import { RunningServer } from "./servers/running-server.ts";
import { type ServerName, servers } from "./servers/rows.ts";

/** What every workload gets. */
export interface Bench {
  readonly plan: Plan;
  /** The servers that were chosen; ours and the floor, which figures are held against, may be among them or not. */
  readonly chosen: readonly ServerName[];
  /** Tells how far it is. */
  readonly say: (line: string) => void;
}

/** What an order cost: CPU time, user and system, in microseconds for all its operations. */
export interface Cost extends Outcome {
  readonly serverUs: number;
  readonly redisUs: number;
  /** Of the generator processes together. */
  readonly loadUs: number;
}

/** One server with the crew that puts load on it. */
export class Contender {
  readonly name: ServerName;
  readonly server: RunningServer;
  readonly #crew: Crew;

  private constructor(name: ServerName, server: RunningServer, crew: Crew) {
    this.name = name;
    this.server = server;
    this.#crew = crew;
  }

  static async start(
    { plan }: Bench,
    name: ServerName,
    flags: readonly string[],
    slots: number,
  ): Promise<Contender> {
    const server = await RunningServer.start(servers[name], flags);
    try {
      const crew = await Crew.start(plan.loadProcesses, server.row.dialect, server.port, slots);
      return new Contender(name, server, crew);
    } catch (error) {
      await server.end();
      throw error;
    }
  }

  /** Has the crew do an order, and measures what it cost from without, from before its first operation to after its last. */
  play(order: Order): Promise<Cost> {
    return this.#measured(() => this.#crew.play(order));
  }

  /** Lets everything be for so many milliseconds, and measures what that cost. */
  rest(ms: number): Promise<Cost> {
    return this.#measured(async () => {
      const startedAt = performance.now();
      await wait(ms);
      return { ops: 0, elapsedMs: performance.now() - startedAt, latenciesMs: [] };
    });
  }

  async end(): Promise<void> {
    await this.#crew.end();
    await this.server.end();
  }

  async #measured(run: () => Promise<Outcome>): Promise<Cost> {
    const before = this.#cpu();
    const outcome = await run();
    const after = this.#cpu();
    return {
      ...outcome,
      serverUs: after.serverUs - before.serverUs,
      redisUs: after.redisUs - before.redisUs,
      loadUs: after.loadUs - before.loadUs,
    };
  }

  #cpu(): { readonly serverUs: number; readonly redisUs: number; readonly loadUs: number } {
    const { pid, redisPid } = this.server;
    return {
      serverUs: processCpuUs(pid),
      redisUs: redisPid === undefined ? 0 : processCpuUs(redisPid),
      loadUs: this.#crew.pids.reduce((sum, one) => sum + processCpuUs(one), 0),
    };
  }
}

/** Starts contenders, hands them to `run`, and ends them however that goes. */
export async function contest<Result>(
  bench: Bench,
  names: readonly ServerName[],
  { flags, slots }: { readonly flags: readonly string[]; readonly slots: number },
  run: (contenders: readonly Contender[]) => Promise<Result>,
): Promise<Result> {
  const starting = names
    .filter((name) => bench.chosen.includes(name))
    .map((name) => Contender.start(bench, name, flags, slots));
  try {
    return await run(await Promise.all(starting));
  } finally {
    for (const started of await Promise.allSettled(starting))
      if (started.status === "fulfilled") await started.value.end();
  }
}
