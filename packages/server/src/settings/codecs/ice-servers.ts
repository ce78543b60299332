import type { IceServer } from "webrtc-signals-protocol";
import { quote } from "../quote.ts";
import type { Codec, Parsed } from "./codec.ts";
import { isIceUrl, isTurnUrl } from "./ice-url.ts";

/** Servers that are the same for all clients, or the file that lists them. */
export type StaticServers = readonly IceServer[] | { readonly file: string };

/** A JSON array of servers, or the path of a file that holds one; empty is none. */
export const iceServers: Codec<StaticServers> = {
  parse: parseIceServers,
  print: printServers,
  accept: (value) => (isFile(value) ? { value } : parseIceServers(printServers(value))),
  show: (text) => (looksLikeJson(text) ? "(hidden)" : quote(text)),
  placeholder: "<JSON or path>",
  range: "",
};

function parseIceServers(text: string): Parsed<StaticServers> {
  const trimmed = text.trim();
  if (trimmed === "") return { value: [] };
  if (looksLikeJson(trimmed)) return parseServerList(trimmed);
  return trimmed.includes("\0")
    ? { refusal: "is neither a JSON array nor a path" }
    : { value: { file: trimmed } };
}

/** Writes one server or several as a JSON array. */
function printServers(value: unknown): string {
  return JSON.stringify([value].flat());
}

function isFile(value: unknown): value is { readonly file: string } {
  return typeof value === "object" && value !== null && "file" in value;
}

/** Returns whether a text is meant as JSON, which may hold credentials. A path is expected to have none of its signs. */
function looksLikeJson(text: string): boolean {
  return /[[{"]/.test(text);
}

/**
 * Reads a JSON array of servers as browsers accept it (W3C WebRTC, RTCIceServer), so that a mistake
 * fails here and not in each page. Refusals show no username and no credential.
 */
export function parseServerList(text: string): Parsed<readonly IceServer[]> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    const [, where = ""] = /( at position .*| in JSON at position .*)$/.exec(String(error)) ?? [];
    return { refusal: `is not valid JSON${where.replace(" in JSON", "")}` };
  }
  if (!Array.isArray(list)) return { refusal: `is no array; give [{"urls": "stun:host:port"}] or the like` };
  const servers: IceServer[] = [];
  for (const value of list) {
    const server = readServer(value);
    if (typeof server === "string")
      return { refusal: `is wrong at server ${servers.length + 1}, which ${server}` };
    servers.push(server);
  }
  return { value: servers };
}

/** Returns the server, or the end of a sentence about what is wrong with it. */
function readServer(value: unknown): IceServer | string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "is no object";
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) return `has ${quote(unknown)}; give ${known.join(", ")} and nothing else`;
  const { urls, username, credential }: { [name: string]: unknown } = { ...value };
  const all: unknown[] = Array.isArray(urls) ? urls : [urls];
  if (!areStrings(all) || all.length === 0) return "has no urls; give a string, or an array of strings";
  const wrong = all.find((url) => !isIceUrl(url));
  if (wrong !== undefined)
    return `has the URL ${quote(wrong.replace(/:.*@/, ":…@"))}; give stun:, stuns:, turn: or turns:, host and port`;
  if (!isTextOrAbsent(username)) return "has a username that is no string";
  if (!isTextOrAbsent(credential)) return "has a credential that is no string";
  if (all.some(isTurnUrl) && (!username || !credential))
    return "is a TURN server and needs a username and a credential; time-limited ones are made by --turn-url";
  return {
    urls: typeof urls === "string" ? urls : all,
    ...(username === undefined ? {} : { username }),
    ...(credential === undefined ? {} : { credential }),
  };
}

const known: readonly string[] = ["urls", "username", "credential"];

function areStrings(values: unknown[]): values is string[] {
  return values.every((value) => typeof value === "string");
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === "string";
}
