import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** The decisions that Redis makes, one script each. */
export const verbs = ["join", "publish", "attach", "renew", "holds", "leave", "resync"] as const;
export type Verb = (typeof verbs)[number];

/** A script, and the digest by which Redis runs it. */
export interface Script {
  readonly source: string;
  readonly sha: string;
}

/**
 * Reads the scripts. The shared part is inserted after the first line of each, which holds its flags; or at the
 * script's line `-- SHARED`.
 */
export function readScripts(): Readonly<Record<Verb, Script>> {
  const shared = readLua("shared");
  const script = (verb: Verb): Script => {
    const own = readLua(verb);
    const mark = own.includes(sharedMark) ? sharedMark : "\n";
    const source = own.replace(mark, () => `\n${shared}\n`);
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

const sharedMark = "\n-- SHARED\n";

function readLua(name: string): string {
  return readFileSync(new URL(`../scripts/${name}.lua`, import.meta.url), "utf8");
}
