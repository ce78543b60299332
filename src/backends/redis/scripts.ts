import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The decisions that Redis takes, one script each. */
export const verbs = ["join", "publish", "attach", "renew", "holds", "leave", "resync"] as const;
export type Verb = (typeof verbs)[number];

/** A script as Redis knows it. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/** Reads the scripts that lie beside this file; what they share goes after the first line of each, its flags. */
export function readScripts(): Readonly<Record<Verb, Script>> {
  const shared = readLua("shared");
  const script = (verb: Verb): Script => {
    const [flags = "", ...lines] = readLua(verb).split("\n");
    const source = [flags, shared, ...lines].join("\n");
    return { source, sha: createHash("sha1").update(source).digest("hex") };
  };
  return {
    join: script("join"),
    publish: script("publish"),
    attach: script("attach"),
    renew: script("renew"),
    holds: script("holds"),
    leave: script("leave"),
    resync: script("resync"),
  };
}

function readLua(name: string): string {
  return readFileSync(new URL(`scripts/${name}.lua`, import.meta.url), "utf8");
}
