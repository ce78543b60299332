import assert from "node:assert/strict";
import fc from "fast-check";
import { ask, operation, type Operation } from "./operations.ts";
import type { Scene } from "./scene.ts";

/** Anything that may happen in a run. */
export const commands: fc.Arbitrary<fc.AsyncCommand<Scene, Scene>>[] = [
  ...Array.from({ length: 8 }, () =>
    fc
      .tuple(fc.array(operation, { minLength: 1, maxLength: 4 }), fc.nat({ max: 1 }))
      .map(([operations, process]) => new Questions(operations, process)),
  ),
  fc
    .constantFrom(1, 4, 9, 17, 40)
    .map((ms) => new Event(`pass ${ms} ms`, async ({ world }) => world.pass(ms))),
  fc.constantFrom("empty", "restart").map(
    (what) =>
      new Event(what, async ({ world, reference }) => {
        if (what === "empty") await world.empty();
        else await world.restart();
        if (what === "empty") reference.empty();
        else reference.restart();
      }),
  ),
];

/** Questions that one process asks at once; they are decided in their order. */
class Questions implements fc.AsyncCommand<Scene, Scene> {
  readonly #operations: readonly Operation[];
  readonly #process: number;

  constructor(operations: readonly Operation[], process: number) {
    this.#operations = operations;
    this.#process = process;
  }

  check(): boolean {
    return true;
  }

  async run(_: Scene, scene: Scene): Promise<void> {
    const sentAt = performance.now();
    const sent = this.#operations.map((one) => ask(scene, one, this.#process));
    const replies = await Promise.all(sent.map(async ({ reply }) => reply));
    const late = Math.ceil(performance.now() - sentAt) + 1;
    for (const [at, { verb, asked, judge }] of sent.entries()) {
      const reply = replies[at];
      assert.ok(reply !== undefined);
      const shown = "log" in reply ? { ...reply, log: reply.log?.map(asText) } : reply;
      scene.trace.push(`${asked}\n      → ${JSON.stringify(shown)}`);
      scene.count(`${verb} ${reply.word}`);
      scene.noteTime(reply.now);
      assert.deepEqual(shown, judge(reply, late), asked);
    }
  }

  toString(): string {
    return `process ${this.#process}: ${JSON.stringify(this.#operations)}`;
  }
}

class Event implements fc.AsyncCommand<Scene, Scene> {
  readonly #what: string;
  readonly #happen: (scene: Scene) => Promise<void>;

  constructor(what: string, happen: (scene: Scene) => Promise<void>) {
    this.#what = what;
    this.#happen = happen;
  }

  check(): boolean {
    return true;
  }

  async run(_: Scene, scene: Scene): Promise<void> {
    scene.trace.push(this.#what);
    await this.#happen(scene);
  }

  toString(): string {
    return this.#what;
  }
}

function asText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
