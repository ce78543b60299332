import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { DialectName } from "./dialects.ts";
import type { Answer, Order, Outcome } from "./orders.ts";

/** The generator processes at one server: they share each order, and what they answer is added up. */
export class Crew {
  readonly #members: readonly ChildProcess[];

  private constructor(members: readonly ChildProcess[]) {
    this.#members = members;
  }

  /** Starts as many as `size`; `slots` is how many operations they have going at most, all together. */
  static async start(size: number, dialect: DialectName, port: number, slots: number): Promise<Crew> {
    const crew = new Crew(
      Array.from({ length: size }, () =>
        fork(worker, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] }),
      ),
    );
    await crew.play({ play: "visit", dialect, port, slots });
    return crew;
  }

  get pids(): readonly number[] {
    return this.#members.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Has all do their share of an order. @throws when one of them can't. */
  async play(order: Order): Promise<Outcome> {
    const outcomes = await Promise.all(
      this.#members.map(async (member, index) => {
        member.send({ order, share: { index, of: this.#members.length } });
        return outcomeOf(member);
      }),
    );
    return {
      ops: outcomes.reduce((sum, { ops }) => sum + ops, 0),
      elapsedMs: Math.max(...outcomes.map(({ elapsedMs }) => elapsedMs)),
      latenciesMs: outcomes.flatMap(({ latenciesMs }) => latenciesMs),
    };
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#members.map(async (member) => {
        if (member.exitCode !== null || member.signalCode !== null) return;
        const exited = once(member, "exit");
        member.kill("SIGKILL");
        await exited;
      }),
    );
  }
}

const worker = fileURLToPath(new URL("worker.ts", import.meta.url));

async function outcomeOf(member: ChildProcess): Promise<Outcome> {
  const over = new AbortController();
  const { signal } = over;
  const exited = once(member, "exit", { signal }).then(() => {
    throw new Error("a generator process ended");
  });
  const answered = once(member, "message", { signal }).then(([answer]: Answer[]) => answer);
  try {
    const answer = await Promise.race([answered, exited]);
    if (answer === undefined || "failed" in answer)
      throw new Error(`a generator process failed: ${answer?.failed}`);
    return answer.outcome;
  } finally {
    over.abort();
    exited.catch(() => {});
    answered.catch(() => {});
  }
}
