import { checkSettings } from "./checks.ts";
import { nearest } from "./nearest.ts";
import { parseRow } from "./parse-row.ts";
import { quote } from "./quote.ts";
import { defaultSettings } from "./read.ts";
import type { Row } from "./row.ts";
import type { Parsed } from "./values.ts";
import { rows, type SettingName, type Settings } from "./rows.ts";

/** Settings as a program gives them: each as its value, or as the text of its flag. */
export type GivenSettings = { readonly [Name in SettingName]?: Settings[Name] | string | undefined };

/**
 * Completes the settings that a program gives, by the same rules as flags.
 * @throws TypeError with a line for everything that is wrong: unknown names, values, contradictions
 */
export function settingsOf(given: GivenSettings): Settings {
  const problems = Object.keys(given).flatMap(unknownName);
  const settings: Settings = { ...defaultSettings };
  for (const row of rows) {
    const value = given[row.name];
    if (value === undefined) continue;
    const text = textOf(row, value);
    const parsed = text === undefined ? asItIs(row, value) : parseRow(row, text);
    if ("value" in parsed) Object.assign(settings, { [row.name]: parsed.value });
    else
      problems.push(
        `${row.name} ${isSecret(row) ? "(hidden)" : quote(text ?? JSON.stringify(value))} ${parsed.refusal}`,
      );
  }
  problems.push(...checkSettings(settings));
  if (problems.length > 0) throw new TypeError(problems.join("\n"));
  return settings;
}

/** A value as its flag's text, so that one parser decides; undefined for what has no such text. */
function textOf(row: Row, value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (row.kind === "duration" && typeof value === "number") return `${value}ms`;
  if (row.kind === "address") return addressText(value);
  if (row.kind === "ice-servers") return isFile(value) ? undefined : JSON.stringify([value].flat());
  if (row.kind === "redis" || row.kind === "redis-master") return undefined;
  if (row.kind === "sentinels" && !isTexts(value)) return undefined;
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** What only a program can give: the parts of an address of Redis, or what a flag was read into. */
function asItIs(row: Row, value: unknown): Parsed<unknown> {
  const { name }: { name?: unknown } = Object(value);
  if (row.kind === "redis" && !isTarget(value)) return { refusal: "is not Redis's address; give host:port" };
  if (row.kind === "redis-master" && typeof name !== "string")
    return { refusal: "is not a master's name; give the name" };
  if (row.kind === "sentinels" && !(Array.isArray(value) && value.every(isTarget)))
    return { refusal: "is no list of Sentinels; give host:port of each" };
  return { value };
}

function isTarget(value: unknown): boolean {
  const { host, port }: { host?: unknown; port?: unknown } = Object(value);
  return typeof host === "string" && Number.isInteger(port);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isFile(value: unknown): boolean {
  return typeof value === "object" && value !== null && "file" in value;
}

function addressText(value: unknown): string {
  const { host = "", port }: { host?: unknown; port?: unknown } = Object(value);
  return `${String(host).includes(":") ? `[${String(host)}]` : String(host)}:${String(port)}`;
}

function isSecret(row: Row): boolean {
  return row.kind === "text" && row.secret === true;
}

function unknownName(name: string): string[] {
  const names = rows.map((row) => row.name);
  if (names.some((known) => known === name)) return [];
  const meant = nearest(name, names);
  return [`${name} is no setting${meant === undefined ? "" : `; did you mean ${meant}?`}`];
}
