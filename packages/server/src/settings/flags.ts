import { nearest } from "./nearest.ts";
import { quote } from "./quote.ts";
import type { Row } from "./row.ts";
import { rows } from "./rows.ts";

/** What a command line says, before any value is looked at. */
export type Flags = {
  /** The text given with each flag, by the flag's name without dashes. */
  readonly given: ReadonlyMap<string, string>;
  /** A question that makes everything else moot. */
  readonly asked: "help" | "version" | undefined;
  /** What is wrong, a line each. */
  readonly problems: readonly string[];
};

const known: readonly Row[] = rows;

/**
 * Reads `--flag value` and `--flag=value`, each flag at most once, and `--help` (`-h`) and `--version`.
 * A switch never takes the next word, and may come again: the last one counts, since `npm start` gives one itself.
 * The first word that is no flag would be a sub-command; there is none yet, so it is a problem.
 *
 * Not by util.parseArgs: it stops at the first error when strict, and when not it takes the next flag
 * for a missing value and `-addr`, as Go would have it, for five flags of a letter.
 */
export function readFlags(args: readonly string[]): Flags {
  const given = new Map<string, string>();
  const problems: string[] = [];
  let asked: Flags["asked"];
  let command: string | undefined;
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [dashed = ""] = word.split("=", 1);
    if (dashed === "--help" || dashed === "-h") asked ??= "help";
    else if (dashed === "--version") asked ??= "version";
    else if (word.startsWith("-")) {
      const row = known.find(({ flag }) => dashed === `--${flag}`);
      const isSwitch = row?.kind === "switch";
      const value = word === dashed ? valueAfter(row, rest) : word.slice(dashed.length + 1);
      if (row === undefined) problems.push(unknownFlag(dashed));
      else if (given.has(row.flag) && !isSwitch)
        problems.push(`${dashed} is given more than once; give it once`);
      else if (value === undefined) problems.push(`${dashed} has no value; give ${dashed} <value>`);
      else given.set(row.flag, value);
    } else command ??= word;
  }
  if (command !== undefined)
    problems.push(`unknown command ${quote(command)}; signals --help lists what there is`);
  return { given, asked, problems };
}

/**
 * The value of a flag without a `=`. No value starts with two dashes: what does is the next flag. An unknown flag takes
 * its value along, else that would look like one more mistake.
 */
function valueAfter(row: Row | undefined, rest: string[]): string | undefined {
  if (row?.kind === "switch") return "true";
  return rest[0]?.startsWith("--") ? undefined : rest.shift();
}

function unknownFlag(dashed: string): string {
  const meant = nearest(dashed.replace(/^-+/, ""), [...known.map(({ flag }) => flag), "help", "version"]);
  const advice = meant === undefined ? "signals --help lists the flags" : `did you mean --${meant}?`;
  return `unknown flag ${quote(dashed)}; ${advice}`;
}
