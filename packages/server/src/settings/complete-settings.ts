import { checkSettings } from "./checks.ts";
import { nearest } from "./nearest.ts";
import { defaultSettings } from "./read.ts";
import { describeRefusal } from "./row.ts";
import { rows, type SettingName, type Settings } from "./rows.ts";

/** Settings as a program passes them: each as its value, or as the text of its flag. */
export type SettingsInput = { readonly [Name in SettingName]?: Settings[Name] | string | undefined };

/**
 * Adds the defaults to the settings that a program passes, and checks them by the same rules as flags.
 * @throws TypeError with one line for each error: unknown names, wrong values, contradictions
 */
export function completeSettings(input: SettingsInput): Settings {
  const problems = Object.keys(input).flatMap(unknownName);
  const settings: Settings = { ...defaultSettings };
  for (const row of rows) {
    const { name, codec } = row;
    const value = input[name];
    if (value === undefined) continue;
    const text = typeof value === "string" ? value : codec.print(value);
    const parsed =
      typeof value === "string" ? codec.parse(text) : (codec.accept?.(value) ?? codec.parse(text));
    if ("value" in parsed) Object.assign(settings, { [name]: parsed.value });
    else problems.push(`${name} ${describeRefusal(row, text, parsed.refusal)}`);
  }
  problems.push(...checkSettings(settings));
  if (problems.length > 0) throw new TypeError(problems.join("\n"));
  return settings;
}

function unknownName(name: string): string[] {
  const names = rows.map((row) => row.name);
  if (names.some((known) => known === name)) return [];
  const meant = nearest(name, names);
  return [`${name} is no setting${meant === undefined ? "" : `; did you mean ${meant}?`}`];
}
