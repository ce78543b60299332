import type { Cost } from "./contest.ts";
import type { Figure, Measure } from "./figure.ts";
import type { ServerName } from "./servers/rows.ts";

/** Gathers samples, run by run, into figures. */
export class Samples {
  readonly #workload: string;
  readonly #figures = new Map<string, Figure & { readonly samples: number[] }>();

  constructor(workload: string) {
    this.#workload = workload;
  }

  add(server: ServerName, measure: Measure, sample: number): void {
    const key = `${server} ${measure}`;
    const workload = this.#workload;
    const figure = this.#figures.get(key) ?? { workload, server, measure, samples: [] };
    figure.samples.push(sample);
    this.#figures.set(key, figure);
  }

  /** What an operation cost, and how many there were in a second. */
  addCost(server: ServerName, cost: Cost): void {
    this.addCpu(server, cost);
    this.add(server, "perSecond", (cost.ops / cost.elapsedMs) * 1000);
  }

  /** What an operation cost. */
  addCpu(server: ServerName, { ops, serverUs, redisUs, loadUs }: Cost): void {
    this.add(server, "ops", ops);
    this.add(server, "serverUs", serverUs / ops);
    this.add(server, "redisUs", redisUs / ops);
    this.add(server, "loadUs", loadUs / ops);
  }

  get all(): readonly Figure[] {
    return [...this.#figures.values()];
  }
}
