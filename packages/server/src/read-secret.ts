import { readFile } from "node:fs/promises";

/** A secret given as text, else the first line of a file; empty where there is neither. */
export async function readSecret(text: string, file: string): Promise<string> {
  const [fromFile = ""] = file === "" ? [] : (await readFile(file, "utf8")).split(/\r?\n/, 1);
  return text || fromFile;
}
