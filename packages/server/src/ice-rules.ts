import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IceOptions, TurnOptions } from "./calls/ice.ts";
import { readSecret } from "./read-secret.ts";
import { parseServerList } from "./settings/ice-servers.ts";
import type { Settings } from "./settings/rows.ts";

/** A file that a setting names does not hold what it should. The message never shows what it holds. */
export class SettingFileError extends Error {
  override readonly name = "SettingFileError";
  readonly code = "setting file";
}

/**
 * Makes of the settings what `POST /ice` hands out; files are read once, now.
 * @throws SettingFileError when a file does not hold what it should; the system's error when it can't be read.
 */
export async function iceOptionsOf(settings: Settings): Promise<IceOptions> {
  return {
    servers: await readServers(settings.iceServers),
    ttl: Math.floor(settings.turnTtlMs / 1000),
    turn: settings.turnUrl.length === 0 ? undefined : await readTurn(settings),
  };
}

async function readServers(given: Settings["iceServers"]): Promise<IceOptions["servers"]> {
  if (!("file" in given)) return given;
  const parsed = parseServerList(await readFile(given.file, "utf8"));
  if ("refusal" in parsed) throw new SettingFileError(`--ice-servers: ${given.file} ${parsed.refusal}`);
  return parsed.value;
}

async function readTurn({ turnUrl: urls, turnSecret, turnSecretFile }: Settings): Promise<TurnOptions> {
  const secret = await readSecret(turnSecret, turnSecretFile);
  if (secret === "")
    throw new SettingFileError(`--turn-secret-file: ${turnSecretFile} holds no secret on its first line`);
  return {
    urls,
    // 96 bits of a keyed digest: the TURN server can count what a session uses, and can't become it.
    labelOf: (session) => createHmac("sha256", secret).update(session).digest("base64url").slice(0, 16),
    credentialOf: (username) => createHmac("sha1", secret).update(username).digest("base64"),
  };
}
