import { checkSettings } from "./checks.ts";
import type { Source } from "./checks.ts";
import { readFlags } from "./flags.ts";
import { describeRefusal, envOf, type Row } from "./row.ts";
import { rows, type SettingName, type Settings } from "./rows.ts";

/** The result of reading a command line and an environment. Notices and problems are lines for the user. */
export type Reading =
  | { readonly kind: "settings"; readonly settings: Settings; readonly notices: readonly string[] }
  | { readonly kind: "problems"; readonly problems: readonly string[] }
  | { readonly kind: "help" }
  | { readonly kind: "version" };

/** The environment, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads all settings. A flag wins over its environment variable; an empty variable counts as unset,
 * and variables of no setting are ignored (Kubernetes creates some that start with `SIGNALS_`).
 * All errors are reported together, one per line; nothing is thrown.
 */
export function readSettings(args: readonly string[], env: Environment): Reading {
  const { texts, request, problems: flagProblems } = readFlags(args);
  if (request) return { kind: request };
  const problems = [...flagProblems];
  const notices: string[] = [];
  const sources = new Map<SettingName, Source>();
  const settings: Partial<Settings> = {};
  for (const row of rows) {
    const source = sourceOf(row, texts, env);
    const parsed = row.codec.parse(source.text);
    sources.set(row.name, source);
    if ("value" in parsed) Object.assign(settings, { [row.name]: parsed.value });
    else problems.push(`${source.name} ${describeRefusal(row, source.text, parsed.refusal)}`);
    if (!source.isDefault && "notice" in row) notices.push(`${source.name} ${row.notice}`);
  }
  problems.push(...checkSettings(settings, (name) => sources.get(name)));
  if (problems.length > 0 || !isComplete(settings)) return { kind: "problems", problems };
  return { kind: "settings", settings, notices };
}

function isComplete(settings: Partial<Settings>): settings is Settings {
  return rows.every((row) => row.name in settings);
}

function sourceOf(row: Row, flags: ReadonlyMap<string, string>, env: Environment): Source {
  const name = `--${row.flag}`;
  const byFlag = flags.get(row.flag);
  if (byFlag !== undefined) return { name, text: byFlag, isDefault: false };
  const byEnv = env[envOf(row)] ?? "";
  if (byEnv !== "") return { name: envOf(row), text: byEnv, isDefault: false };
  return { name, text: row.default, isDefault: true };
}

/** The settings of a service that is started without any. */
export const defaultSettings: Settings = readDefaults();

function readDefaults(): Settings {
  const reading = readSettings([], {});
  if (reading.kind === "settings") return reading.settings;
  throw new Error("the defaults in the table of settings do not fit", { cause: reading });
}
