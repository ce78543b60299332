import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Builds the package into a folder, as `npm run build` does, and answers the file of its command. @throws when it can't. */
export function buildService(folder: string): string {
  const script = fileURLToPath(new URL("../scripts/build.mjs", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the service could not be built:\n${stderr}`);
  return `${folder}/cli.js`;
}
