import { envOf, rangeOf, type Row } from "./row.ts";
import { rows } from "./rows.ts";

/** The text of `--help`, at most 100 columns wide, with a line break at its end. */
export function helpText(): string {
  return `Usage: signals [--flag value | --flag=value]...

Brings WebRTC peers together: they join a call and hear each other's offers, answers and candidates.

Settings, each with its flag and its environment variable. The flag wins; an empty variable counts
as unset. Durations are written as in Go (500ms, 30s, 1m30s, 2h), sizes as 65536, 64KiB or 64KB.

${rows.map(entry).join("\n")}

  -h, --help     Prints this.
  --version      Prints the version.
`;
}

const flagWidth = Math.max(...rows.map((row) => flagOf(row).length));
const envWidth = Math.max(...rows.map((row) => envOf(row).length));

function entry(row: Row): string {
  const facts = row.default === "" ? "" : `default ${row.default}`;
  const range = rangeOf(row);
  const sentence = range === "" ? row.help : `${row.help} (${range})`;
  const heading = `  ${flagOf(row).padEnd(flagWidth)}  ${envOf(row).padEnd(envWidth)}  ${facts}`.trimEnd();
  return `${heading}\n${sentence.replaceAll(/(.{1,92})( |$)/g, "      $1\n").trimEnd()}`;
}

function flagOf(row: Row): string {
  return `--${row.flag} ${row.codec.placeholder}`.trimEnd();
}
