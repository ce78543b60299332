import { nearest } from "./nearest.ts";
import { quote } from "./quote.ts";
import type { Row } from "./row.ts";
import { rows } from "./rows.ts";

/** The contents of a command line. No value has been parsed. */
export type Flags = {
  /** The text of each flag, by the flag's name without dashes. */
  readonly texts: ReadonlyMap<string, string>;
  /** A request for information, which makes all other arguments irrelevant. */
  readonly request: "help" | "version" | undefined;
  /** The errors, one per line. */
  readonly problems: readonly string[];
};

const known: readonly Row[] = rows;

/**
 * Reads `--flag value` and `--flag=value`, each flag at most once, and `--help` (`-h`) and `--version`.
 * A switch never takes the next word, and can be repeated: the last one wins, since `npm start` passes one itself.
 * The first word that is not a flag would be a sub-command. None exists yet, so it is a problem.
 *
 * `util.parseArgs` is not used: when strict, it stops at the first error. When not, it takes the next flag as the value
 * of a flag that has none, and reads `-addr`, which is valid in Go, as five flags of one letter.
 */
export function readFlags(args: readonly string[]): Flags {
  const texts = new Map<string, string>();
  const problems: string[] = [];
  let request: Flags["request"];
  let command: string | undefined;
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [dashed = ""] = word.split("=", 1);
    if (dashed === "--help" || dashed === "-h") request ??= "help";
    else if (dashed === "--version") request ??= "version";
    else if (word.startsWith("-")) {
      const row = known.find(({ flag }) => dashed === `--${flag}`);
      const text = word === dashed ? textAfter(row, rest) : word.slice(dashed.length + 1);
      if (row === undefined) problems.push(unknownFlag(dashed));
      else if (texts.has(row.flag) && row.codec.bareFlag === undefined)
        problems.push(`${dashed} is given more than once; give it once`);
      else if (text === undefined) problems.push(`${dashed} has no value; give ${dashed} <value>`);
      else texts.set(row.flag, text);
    } else command ??= word;
  }
  if (command !== undefined)
    problems.push(`unknown command ${quote(command)}; signals --help lists what there is`);
  return { texts, request, problems };
}

/**
 * The text of a flag without a `=`. No text starts with two dashes: such a word is the next flag. An unknown flag also
 * takes the next word, which would otherwise be reported as a second error.
 */
function textAfter(row: Row | undefined, rest: string[]): string | undefined {
  if (row?.codec.bareFlag !== undefined) return row.codec.bareFlag;
  return rest[0]?.startsWith("--") ? undefined : rest.shift();
}

function unknownFlag(dashed: string): string {
  const meant = nearest(dashed.replace(/^-+/, ""), [...known.map(({ flag }) => flag), "help", "version"]);
  const advice = meant === undefined ? "signals --help lists the flags" : `did you mean --${meant}?`;
  return `unknown flag ${quote(dashed)}; ${advice}`;
}
