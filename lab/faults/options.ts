import { parseArgs } from "node:util";

/** What a run is asked for. */
export interface Options {
  /** The rows to run, by name. */
  readonly only: readonly string[];
  readonly times: number;
  readonly seed: number;
}

/** What is said in place of a run, and the exit code. */
export interface Answer {
  readonly text: string;
  readonly exitCode: 0 | 2;
}

/** Reads the flags of `npm run faults`; `rows` are all there are, `anySeed` is used where none is given. */
export function readOptions(
  args: readonly string[],
  rows: readonly { readonly name: string; readonly does: string }[],
  anySeed: number,
): Options | Answer {
  const refuse = (why: string): Answer => ({ text: `${why}; --help tells more`, exitCode: 2 });
  let values;
  try {
    values = parseArgs({ args: [...args], options: flags }).values;
  } catch (error) {
    const [why = "these flags can't be read"] = error instanceof Error ? error.message.split(/[.;\n]/) : [];
    return refuse(why);
  }
  if (values.help === true) return { text: helpOn(rows), exitCode: 0 };
  const names = rows.map(({ name }) => name);
  const unknown = values.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) return refuse(`--only: there is no row ${unknown}`);
  const { times = "5", seed = String(anySeed) } = values;
  if (!/^[1-9]\d*$/.test(times)) return refuse(`--times: ${times} is no count from 1`);
  if (!/^\d{1,10}$/.test(seed)) return refuse(`--seed: ${seed} is no number of at most ten digits`);
  return { only: values.only ?? names, times: Number(times), seed: Number(seed) };
}

const flags = {
  help: { type: "boolean" },
  only: { type: "string", multiple: true },
  times: { type: "string" },
  seed: { type: "string" },
} as const;

function helpOn(rows: readonly { readonly name: string; readonly does: string }[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return [
    "npm run faults -- [--only <row>]… [--times <count>] [--seed <number>]",
    "",
    "Breaks what a deployment stands on while clients talk, and judges what they saw. Exit code 1: a figure is not held.",
    "",
    "--only   one row; may be given again. All of them take twenty minutes.",
    "--times  how often each fault strikes; 5.",
    "--seed   what the mix is drawn from; a random one, which is printed.",
    "",
    ...rows.map(({ name, does }) => `${name.padEnd(width)}  ${does}`),
  ].join("\n");
}
