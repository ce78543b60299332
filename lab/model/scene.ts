import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { Backend, Channels, Holder } from "../../packages/server/src/calls/ports/backend.ts";
import { session } from "../../packages/server/test/backends/steps.ts";
import { Reference, type BackendKind } from "./reference.ts";

/** A backend, as the model runs it: several processes on the same calls, and what may befall them. */
export interface World {
  readonly kind: BackendKind;
  /** What each process has opened. */
  readonly processes: readonly Backend[];
  /** Leases in milliseconds, some of which end while a run is on. */
  readonly leases: readonly number[];
  /** The backend's own clock. */
  readonly clock: () => Promise<number>;
  readonly pass: (ms: number) => Promise<void>;
  readonly empty: () => Promise<void>;
  readonly restart: () => Promise<void>;
}

/** One run: the world, what it must answer, and what its clients know. */
export class Scene {
  readonly world: World;
  readonly calls: readonly string[];
  readonly reference: Reference;
  readonly clients: Client[] = [];
  /** What was asked and answered, for whoever reads a failure. */
  readonly trace: string[] = [];
  readonly #outcomes: Outcomes;
  readonly #ear: Ear;
  readonly #startedAt: number;
  #latest = 0;

  private constructor(
    world: World,
    calls: readonly string[],
    ear: Ear,
    outcomes: Outcomes,
    startedAt: number,
  ) {
    this.world = world;
    this.calls = calls;
    this.#ear = ear;
    this.#outcomes = outcomes;
    this.#startedAt = startedAt;
    this.reference = new Reference(world.kind);
  }

  static async open(world: World, calls: readonly string[], ear: Ear, outcomes: Outcomes): Promise<Scene> {
    await ear.clear();
    return new Scene(world, calls, ear, outcomes, await world.clock());
  }

  count(outcome: string): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
  }

  /** Holds a reply to the backend's own clock, which only goes on. */
  noteTime(now: number): void {
    this.#latest = Math.max(this.#latest, now);
    assert.ok(now >= this.#startedAt, `a reply says ${now}, and the run began at ${this.#startedAt}`);
  }

  /** Holds what was heard, and the clock, to the reference. */
  async end(): Promise<void> {
    assert.deepEqual(this.reference.broken, []);
    const now = await this.world.clock();
    assert.ok(this.#latest <= now, `a reply said ${this.#latest}, and its backend's clock stands at ${now}`);
    await this.#ear.catchUp();
    for (const call of this.calls) {
      const said = this.reference.said.get(call) ?? [];
      const heard = this.#ear.heard.get(call) ?? [];
      // An epoch that no reply has told yet is the one that is heard.
      const expected = said.map(({ epoch, text }, at) =>
        text(epoch.value ?? Number(heard[at]?.split(" ")[2])),
      );
      assert.deepEqual(heard, expected, `what is heard of ${call}`);
    }
  }
}

/** How often each word was answered to each question. */
export type Outcomes = Map<string, number>;

/** A session, and what the websockets it had were told. */
export interface Client {
  readonly session: string;
  readonly call: string;
  readonly places: Holder[];
}

/** Hears calls, and keeps what it heard of each as text. */
export class Ear extends EventEmitter {
  readonly heard = new Map<string, string[]>();
  readonly #backend: Backend;
  readonly #channels: Channels;
  #marks = 0;

  private constructor(backend: Backend) {
    super();
    this.#backend = backend;
    this.#channels = backend.open({
      message: (call, bytes) => {
        const heard = this.heard.get(call);
        if (heard === undefined) this.heard.set(call, [Buffer.from(bytes).toString()]);
        else heard.push(Buffer.from(bytes).toString());
        if (call === mark) this.emit("mark");
      },
      lost: () => {},
      subscribed: (call) => this.emit("heard", call),
    });
  }

  static async open(backend: Backend, calls: readonly string[]): Promise<Ear> {
    const ear = new Ear(backend);
    for (const call of [...calls, mark]) {
      const heard = once(ear, "heard");
      ear.#channels.subscribe(call);
      await heard;
    }
    return ear;
  }

  /** Waits until everything sent before has been heard: a connection brings messages in their order. */
  async catchUp(): Promise<void> {
    this.#marks += 1;
    const marked = once(this, "mark");
    const limits = { seatCount: this.#marks + 1000, leaseMs: 1000, logEntries: 1, logBytes: 1 };
    const reply = await this.#backend.join(mark, session(), new Uint8Array(), limits);
    assert.equal(reply.word, "ok");
    await marked;
  }

  async clear(): Promise<void> {
    await this.catchUp();
    this.heard.clear();
  }

  async close(): Promise<void> {
    await this.#channels.close();
  }
}

/** A call that no run uses. */
const mark = "mark";
