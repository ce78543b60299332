import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";

/** How the well-behaved fared for a while: milliseconds from a post to the peer that hears it. */
export interface Measured {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  /** Signals that were answered 200, or never, and not heard within seconds. */
  readonly lost: number;
  /** Closes, refusals and errors they met: there must be none. */
  readonly broken: readonly string[];
}

/** Clients who do all as they should, in a process of their own, while others misbehave. */
export class Bystanders {
  readonly sessions: readonly string[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, sessions: readonly string[]) {
    this.#child = child;
    this.sessions = sessions;
  }

  static async start(url: string): Promise<Bystanders> {
    const child = fork(new URL("well-behaved.ts", import.meta.url), [url]);
    const [hello]: { sessions: readonly string[] }[] = await once(child, "message");
    return new Bystanders(child, hello?.sessions ?? []);
  }

  /** What they measured since they were last asked. */
  async measured(): Promise<Measured> {
    const answer = once(this.#child, "message");
    this.#child.send("tell");
    const [measured]: Measured[] = await answer;
    if (measured === undefined) throw new Error("the well-behaved clients say nothing");
    return measured;
  }

  /** What they measure from now on, for as long as the work takes. */
  async during(work: () => Promise<unknown>): Promise<Measured> {
    await this.measured();
    await work();
    // What was posted last is still on its way.
    await wait(200);
    return this.measured();
  }

  end(): void {
    this.#child.disconnect();
  }
}
