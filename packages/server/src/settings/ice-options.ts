import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IceOptions, TurnOptions } from "../calls/ice.ts";
import { parseServerList } from "./codecs/ice-servers.ts";
import { readSecret } from "./read-secret.ts";
import type { Settings } from "./rows.ts";
import { SettingFileError } from "./setting-file-error.ts";

/**
 * Converts settings to the options of `POST /ice`. Reads the files that they name, once.
 * @throws SettingFileError when the content of a file is missing or malformed; the system's error when a file can't be read.
 */
export async function readIceOptions(settings: Settings): Promise<IceOptions> {
  return {
    servers: await readServers(settings.iceServers),
    ttl: Math.floor(settings.turnTtlMs / 1000),
    turn: settings.turnUrl.length === 0 ? undefined : await readTurn(settings),
  };
}

async function readServers(iceServers: Settings["iceServers"]): Promise<IceOptions["servers"]> {
  if (!("file" in iceServers)) return iceServers;
  const { file } = iceServers;
  const parsed = parseServerList(await readFile(file, "utf8"));
  if ("refusal" in parsed) throw new SettingFileError(`--ice-servers: ${file} ${parsed.refusal}`);
  return parsed.value;
}

async function readTurn({ turnUrl: urls, turnSecret, turnSecretFile }: Settings): Promise<TurnOptions> {
  const secret = await readSecret(turnSecret, turnSecretFile);
  if (secret === "")
    throw new SettingFileError(`--turn-secret-file: ${turnSecretFile} holds no secret on its first line`);
  return {
    urls,
    // 96 bits of a keyed digest: the TURN server can count a session's use, and cannot impersonate the session.
    labelOf: (session) => createHmac("sha256", secret).update(session).digest("base64url").slice(0, 16),
    credentialOf: (username) => createHmac("sha1", secret).update(username).digest("base64"),
  };
}
