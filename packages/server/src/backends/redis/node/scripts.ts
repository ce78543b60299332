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

/**
 * Reads the scripts that lie beside this file. What they share goes after the first line of each, its flags; or where
 * the script says `-- SHARED`.
 */
export function readScripts(): Readonly<Record<Verb, Script>> {
  const shared = readLua("shared");
  const script = (verb: Verb): Script => {
    const own = readLua(verb);
    const place = own.includes(sharedPlace) ? sharedPlace : "\n";
    const source = own.replace(place, () => `\n${shared}\n`);
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

const sharedPlace = "\n-- SHARED\n";

function readLua(name: string): string {
  return readFileSync(new URL(`../scripts/${name}.lua`, import.meta.url), "utf8");
}
