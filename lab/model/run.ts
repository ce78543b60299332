import { parseArgs } from "node:util";
import { explore, total } from "./explore.ts";
import { openMemory, openRedis } from "./worlds.ts";

// The long run of the model. What it prints of a failure, `--seed`, `--path` and `--replay` run again.
const { values } = parseArgs({
  options: {
    operations: { type: "string", default: "100000" },
    backend: { type: "string", default: "memory,redis" },
    seed: { type: "string" },
    path: { type: "string" },
    replay: { type: "string" },
  },
});
const worlds = { memory: openMemory, redis: openRedis };
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 30));

for (const [name, open] of Object.entries(worlds)) {
  if (!values.backend.split(",").includes(name)) continue;
  print(`${name}: ${values.operations} operations from seed ${seed}`);
  const { world, ear, close } = await open();
  let shown = 0;
  try {
    const outcomes = await explore(world, ear, {
      operations: Number(values.operations),
      seed,
      ...(values.path !== undefined && { path: values.path }),
      ...(values.replay !== undefined && { replayPath: values.replay }),
      progress: (done) => {
        if (done - shown < 10_000) return;
        shown = done;
        print(`${name}: ${done} operations`);
      },
    });
    for (const [outcome, count] of [...outcomes].toSorted(([, one], [, other]) => other - one))
      print(`${name}: ${outcome} ${count}`);
    print(`${name}: ${total(outcomes)} operations, every reply and message as the reference has it`);
  } finally {
    await close();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
