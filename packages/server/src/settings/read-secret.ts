import { readFile } from "node:fs/promises";

/** Returns a secret's text, else the first line of its file; empty if there is neither. */
export async function readSecret(text: string, file: string): Promise<string> {
  const [fromFile = ""] = file === "" ? [] : (await readFile(file, "utf8")).split(/\r?\n/, 1);
  return text || fromFile;
}
