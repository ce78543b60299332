import { mock } from "node:test";
import fc from "fast-check";
import { commands } from "./commands.ts";
import { nastyNames } from "./names.ts";
import { type Ear, type Outcomes, Scene, type World } from "./scene.ts";

export interface Exploration {
  /** Goes on until the backend has answered so many questions. */
  readonly operations: number;
  readonly seed: number;
  /** Where a failure was, as its report says: only this is run again. */
  readonly path?: string;
  readonly replayPath?: string;
  readonly progress?: (operations: number) => void;
}

/**
 * Runs random questions against a world until it has answered enough of them, and answers how often
 * each word came.
 * @throws the smallest run that breaks the reference, with its seed and path.
 */
export async function explore(world: World, ear: Ear, exploration: Exploration): Promise<Outcomes> {
  const outcomes: Outcomes = new Map();
  let { seed } = exploration;
  for (; total(outcomes) < exploration.operations; seed += 1) {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...nastyNames], { minLength: 1, maxLength: 3 }),
        fc.constantFrom(0, 60_000, -60_000),
        fc.commands(commands, {
          maxCommands: 60,
          size: "max",
          ...(exploration.replayPath !== undefined && { replayPath: exploration.replayPath }),
        }),
        async (calls, skew, cmds) => {
          await underSkew(skew, async () => run(await open(world, calls, ear, outcomes), cmds));
        },
      ),
      {
        seed,
        numRuns: runsAtOnce,
        endOnFailure: exploration.path !== undefined || process.env["MODEL_END_ON_FAILURE"] === "1",
        ...(exploration.path !== undefined && { path: exploration.path }),
      },
    );
    exploration.progress?.(total(outcomes));
    if (exploration.path !== undefined) break;
  }
  return outcomes;
}

/** How many questions were answered. */
export function total(outcomes: Outcomes): number {
  return [...outcomes.values()].reduce((sum, count) => sum + count, 0);
}

async function open(world: World, calls: readonly string[], ear: Ear, outcomes: Outcomes): Promise<Scene> {
  await world.empty();
  return Scene.open(world, calls, ear, outcomes);
}

async function run(scene: Scene, cmds: Iterable<fc.AsyncCommand<Scene, Scene>>): Promise<void> {
  try {
    await fc.asyncModelRun(() => ({ model: scene, real: scene }), cmds);
    await scene.end();
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    throw new Error(`${told}\n\nThe run:\n  ${scene.trace.join("\n  ")}\n`, { cause: error });
  }
}

/** Sets the clock of this process wrong: no decision may come of it. */
async function underSkew(skew: number, work: () => Promise<void>): Promise<void> {
  const now = Date.now;
  const skewed = mock.method(Date, "now", () => now() + skew);
  try {
    await work();
  } finally {
    skewed.mock.restore();
  }
}

const runsAtOnce = 20;
