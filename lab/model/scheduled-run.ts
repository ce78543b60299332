import { Timers } from "../../packages/server/src/timers.ts";
import assert from "node:assert/strict";
import { mock } from "node:test";
import type { Scheduler } from "fast-check";
import { CallFeeds } from "../../packages/server/src/calls/feed/call-feeds.ts";
import { BackendTime } from "../../packages/server/src/calls/backend-time.ts";
import type { Report } from "../../packages/server/src/calls/ports/telemetry.ts";
import type { PresenceContext, PresenceDriver } from "../../packages/server/src/calls/presence/driver.ts";
import { Wheel } from "../../packages/server/src/transports/websocket/wheel.ts";
import { bodyOf, noBody, session as mint } from "../../packages/server/test/backends/steps.ts";
import { ScheduledBackend, theCall } from "./scheduled-backend.ts";
import { ScheduledClient, type Scene } from "./scheduled-client.ts";

/** What may happen to a process, its clients and their call, in this order. */
export type Step =
  | { readonly do: "publish" | "cut" | "refuse" | "pass"; readonly by: number }
  | { readonly do: "attach" | "break" | "drain" | "leave" | "speak"; readonly who: number };

export interface Plan {
  readonly leaseMs: number;
  readonly logEntries: number;
  /** For each client that has joined at the start: whether it resumes by its position. */
  readonly clients: readonly boolean[];
  readonly steps: readonly Step[];
}

/**
 * One process with its call feeds and presences over a memory backend, in the order that the scheduler
 * chooses. Nothing here waits for time: the clock and all timers are handed in.
 */
export class ScheduledRun implements Scene {
  readonly broken: string[] = [];
  readonly #scheduler: Scheduler;
  readonly #plan: Plan;
  readonly #clients = new Map<string, ScheduledClient>();
  readonly #backend: ScheduledBackend;
  readonly #timers = new Timers();
  readonly #deadlines: Wheel<PresenceDriver>;
  readonly #context: PresenceContext;
  readonly #speaker = mint();
  /** The process's monotonic milliseconds; the backend's clock is another. */
  #clock = 1000;
  #operations = 0;

  constructor(scheduler: Scheduler, plan: Plan) {
    this.#scheduler = scheduler;
    this.#plan = plan;
    const backendNow = (): number => 1_700_000_000_000 + this.#clock;
    this.#backend = new ScheduledBackend(
      scheduler,
      backendNow,
      (session, reply) => this.#clients.get(session)?.attached(reply),
      (session, leaseEnd) => this.#clients.get(session)?.renewed(leaseEnd),
    );
    const report = (told: Report): void => {
      if (told.event === "bug") this.broken.push(`${told.where}: ${String(told.error)}`);
    };
    const now = (): number => this.#clock;
    this.#deadlines = new Wheel(50, now, (driver, at) => driver.tick(at));
    const later = this.#timers.later;
    const nextOperation = (): number => (this.#operations += 1);
    this.#context = {
      backend: this.#backend,
      limits: { seatCount: 10, leaseMs: plan.leaseMs, logEntries: plan.logEntries, logBytes: 1 << 20 },
      report,
      newSession: mint,
      callFeeds: new CallFeeds({ backend: this.#backend, report, later, now, nextOperation }),
      backendTime: new BackendTime(),
      presenceOptions: { pingIntervalMs: 1000, readTimeoutMs: 100_000 },
      deadlines: this.#deadlines,
      later,
      drivers: new Set(),
      sendBufferBytes: 1 << 20,
      joinTimeoutMs: 100_000,
      now,
      nextOperation,
      random: () => 0.5,
    };
  }

  /** The whole run, and what it owed at its end. */
  static async of(scheduler: Scheduler, plan: Plan): Promise<readonly string[]> {
    mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
    const run = new ScheduledRun(scheduler, plan);
    try {
      await run.#play();
      return run.broken;
    } finally {
      run.#deadlines.stop();
      run.#timers.stop();
      await run.#backend.close();
      mock.timers.reset();
    }
  }

  get mayExpire(): boolean {
    return this.#plan.leaseMs < 60_000;
  }

  head(): number {
    return this.#backend.history.length;
  }

  async #play(): Promise<void> {
    const { direct } = this.#backend;
    const lasting = { ...this.#context.limits, leaseMs: 10_000_000 };
    await direct.join(theCall, this.#speaker, noBody, lasting);
    for (const resumes of this.#plan.clients) await this.#join(resumes);
    this.#scheduler.scheduleSequence(
      this.#plan.steps.map((step) => ({
        label: `${step.do} ${"who" in step ? step.who : step.by}`,
        builder: async () => this.#take(step),
      })),
    );
    await this.#drain();
    // What was refused is tried again by itself, and a channel that is back needs no further event.
    this.#backend.refuse(-Infinity);
    for (let passed = 0; passed < 2; passed += 1) await this.#pass(150);
    if (!this.mayExpire) for (const client of this.#clients.values()) await this.#settle(client);
    // Time enough for every retry, ping and spread close, and one event more, which shows what is missing.
    for (let round = 0; round < 2; round += 1) {
      for (let passed = 0; passed < 16; passed += 1) await this.#pass(250);
      await this.#publish();
      await this.#drain();
    }
    for (const client of this.#clients.values()) await this.#settle(client);
  }

  async #settle(client: ScheduledClient): Promise<void> {
    const { history, direct } = this.#backend;
    const { session, seatNumber, told, received } = client;
    const { word } = await direct.holds(theCall, session);
    if (client.isGone) {
      if (word === "ok") this.broken.push(`${session}: promise 4 › was closed as gone, and holds its seat`);
      return;
    }
    if (word !== "ok") return;
    const owed = history.filter(
      ({ eventCount, sender }) =>
        eventCount > seatNumber && sender !== seatNumber && eventCount > told && !received.has(eventCount),
    );
    if (client.hasAttached && owed.length > 0) {
      const missing = owed.map(({ eventCount }) => eventCount).join(", ");
      this.broken.push(`${session}: promise 5 › missed ${missing} of ${history.length}, told up to ${told}`);
    }
  }

  async #take(step: Step): Promise<void> {
    const { direct } = this.#backend;
    switch (step.do) {
      case "publish":
        for (let i = 0; i <= step.by; i += 1) await this.#publish();
        return;
      case "cut":
        return this.#backend.cut();
      case "refuse":
        return this.#backend.refuse(step.by);
      case "pass":
        return this.#tick(step.by * 250);
      case "speak": {
        const client = this.#pick(step.who);
        await direct.publish(theCall, client.session, "ANSWER", bodyOf("own"), this.#context.limits);
        return;
      }
      case "attach":
        if (step.who > 7) return this.#join(step.who % 2 === 0);
        return this.#pick(step.who).attach();
      case "break":
        return this.#pick(step.who).break();
      case "drain":
        return this.#pick(step.who).drain();
      case "leave": {
        const client = this.#pick(step.who);
        if ((await direct.leave(theCall, client.session)).word === "ok") client.leftAt = this.head();
      }
    }
  }

  async #join(resumes: boolean): Promise<void> {
    const session = mint();
    const reply = await this.#backend.direct.join(theCall, session, noBody, this.#context.limits);
    if (reply.word !== "ok") return;
    const client = new ScheduledClient(this.#scheduler, this.#context, this, session, reply, resumes);
    this.#clients.set(session, client);
    client.attach();
  }

  async #publish(): Promise<void> {
    const backend = this.#backend;
    const context = this.#context;
    const speaker = this.#speaker;
    const reply = await backend.direct.publish(theCall, speaker, "OFFER", bodyOf("x"), context.limits);
    assert.equal(reply.word, "ok");
    await turn();
  }

  #pick(who: number): ScheduledClient {
    const clients = [...this.#clients.values()];
    const client = clients[who % clients.length];
    assert.ok(client !== undefined);
    return client;
  }

  async #pass(ms: number): Promise<void> {
    this.#tick(ms);
    await this.#drain();
  }

  #tick(ms: number): void {
    for (let passed = 0; passed < ms; passed += 50) {
      this.#clock += 50;
      mock.timers.tick(50);
    }
  }

  /** Lets everything happen that can. */
  async #drain(): Promise<void> {
    await turn();
    for (let left = mostTurns; this.#scheduler.count() > 0 && this.broken.length === 0; left -= 1) {
      assert.ok(left > 0, "the process does not come to rest");
      await this.#scheduler.waitNext(1);
      await turn();
    }
  }
}

/** More than any run needs until nothing is on its way. */
const mostTurns = 10_000;

/** What the memory backend posts arrives in a later turn. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
