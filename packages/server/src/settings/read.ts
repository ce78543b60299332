import { checkSettings } from "./checks.ts";
import type { Source } from "./checks.ts";
import { readFlags } from "./flags.ts";
import { looksLikeJson } from "./ice-servers.ts";
import { parseRow } from "./parse-row.ts";
import { quote } from "./quote.ts";
import { envOf, rows } from "./rows.ts";
import type { SettingName, Settings } from "./rows.ts";
import type { Row } from "./row.ts";
import { withoutPassword } from "./sentinels.ts";

/** What a command line and an environment come to. Notices and problems are lines for the user. */
export type Reading =
  | { readonly kind: "settings"; readonly settings: Settings; readonly notices: readonly string[] }
  | { readonly kind: "problems"; readonly problems: readonly string[] }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

/** The environment, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads all settings. A flag wins over its environment variable; an empty variable counts as unset,
 * and variables no setting has are left alone (Kubernetes makes some that start with `SIGNALS_`).
 * Everything that is wrong is answered at once, a line each; nothing is thrown.
 */
export function readSettings(args: readonly string[], env: Environment): Reading {
  const { given, asked, problems: flagProblems } = readFlags(args);
  if (asked) return { kind: asked };
  const problems = [...flagProblems];
  const notices: string[] = [];
  const sources = new Map<SettingName, Source>();
  const settings: Partial<Settings> = {};
  for (const row of rows) {
    const source = sourceOf(row, given, env);
    const parsed = parseRow(row, source.text);
    sources.set(row.name, source);
    if ("refusal" in parsed) problems.push(`${source.name} ${shown(row, source.text)} ${parsed.refusal}`);
    else Object.assign(settings, { [row.name]: parsed.value });
    if (!source.isDefault && "notice" in row) notices.push(`${source.name} ${row.notice}`);
  }
  problems.push(...checkSettings(settings, (name) => sources.get(name)));
  if (problems.length > 0 || !isComplete(settings)) return { kind: "problems", problems };
  return { kind: "settings", settings, notices };
}

function isComplete(settings: Partial<Settings>): settings is Settings {
  return rows.every((row) => row.name in settings);
}

/** What the user gave, without what nobody else may see. */
function shown(row: Row, text: string): string {
  if (row.kind === "text" && row.secret) return "(hidden)";
  if (row.kind === "ice-servers" && looksLikeJson(text)) return "(hidden)";
  if (row.kind === "redis" || row.kind === "redis-master") return quote(text.replace(/\/\/.*@/, "//…@"));
  return quote(row.kind === "sentinels" ? withoutPassword(text) : text);
}

function sourceOf(row: Row, given: ReadonlyMap<string, string>, env: Environment): Source {
  const name = `--${row.flag}`;
  const byFlag = given.get(row.flag);
  if (byFlag !== undefined) return { name, text: byFlag, isDefault: false };
  const byEnv = env[envOf(row)] ?? "";
  if (byEnv !== "") return { name: envOf(row), text: byEnv, isDefault: false };
  return { name, text: row.default, isDefault: true };
}

/** What every setting is when nothing is given. */
export const defaultSettings: Settings = defaults();

function defaults(): Settings {
  const reading = readSettings([], {});
  if (reading.kind === "settings") return reading.settings;
  throw new Error("the defaults in the table of settings do not fit", { cause: reading });
}
