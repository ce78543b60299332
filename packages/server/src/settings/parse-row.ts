import { parseAddress } from "./address.ts";
import { parseIceServers } from "./ice-servers.ts";
import { parseTurnUrls } from "./ice-url.ts";
import { parseOrigins } from "./origins.ts";
import { parseRedisTarget } from "./redis-target.ts";
import type { Kind } from "./row.ts";
import { parseRedisMaster, parseSentinels } from "./sentinels.ts";
import { parseChoice, parseCount, parseDuration, parseSize, parseSwitch } from "./values.ts";
import type { Parsed } from "./values.ts";

/** Reads a setting's text as its row has it, bounds included. A refusal also says what to give. */
export function parseRow(row: Kind, text: string): Parsed<unknown> {
  const parsed = parseText(row, text);
  const range = rangeOf(row);
  return "refusal" in parsed && range !== "" ? { refusal: `${parsed.refusal}; give ${range}` } : parsed;
}

/** Says which values a setting takes, e.g. `100ms to 24h`; empty for a kind that has no range. */
export function rangeOf(row: Kind): string {
  if (row.kind === "choice") return `one of ${row.choices.join(", ")}`;
  if (row.kind === "switch") return "true or false";
  if (row.kind === "text") return row.secret ? "" : row.says;
  if (!("min" in row)) return "";
  const range = `${row.min} to ${row.max}`;
  return row.kind === "count" && row.auto ? `auto, or ${range}` : range;
}

const parsers = { count: parseCount, duration: parseDuration, size: parseSize };

function parseText(row: Kind, text: string): Parsed<unknown> {
  if (row.kind === "address") return parseAddress(text);
  if (row.kind === "origins") return parseOrigins(text);
  if (row.kind === "redis") return parseRedisTarget(text);
  if (row.kind === "redis-master") return parseRedisMaster(text);
  if (row.kind === "sentinels") return parseSentinels(text);
  if (row.kind === "ice-servers") return parseIceServers(text);
  if (row.kind === "turn-urls") return parseTurnUrls(text);
  if (row.kind === "text") return row.pattern.test(text) ? { value: text } : { refusal: "can't be used" };
  if (row.kind === "choice") return parseChoice(text, row.choices);
  if (row.kind === "switch") return parseSwitch(text);
  if (row.kind === "count" && row.auto && text === "auto") return { value: undefined };
  return within(row, text, parsers[row.kind]);
}

type Range = { readonly min: string; readonly max: string };

function within(range: Range, text: string, parse: (text: string) => Parsed<number>): Parsed<number> {
  const [parsed, min, max] = [parse(text), parse(range.min), parse(range.max)];
  if ("refusal" in parsed) return parsed;
  if ("value" in min && parsed.value < min.value) return { refusal: "is too little" };
  if ("value" in max && parsed.value > max.value) return { refusal: "is too much" };
  return parsed;
}
