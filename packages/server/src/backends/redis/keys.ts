import { hash } from "node:crypto";

/** The version of everything that is stored. Two versions can use the same Redis and share nothing. */
const schema = 1;

/** The names of one call in Redis. */
export interface CallKeys {
  readonly state: string;
  readonly log: string;
  readonly channel: string;
}

/** Names the calls of one prefix and database, and caches the names: a digest costs as much as the rest of a command. */
export class Keys {
  readonly #prefix: string;
  readonly #database: number;
  readonly #known = new Map<string, CallKeys>();

  constructor(prefix: string, database: number) {
    this.#prefix = prefix;
    this.#database = database;
  }

  of(call: string): CallKeys {
    let keys = this.#known.get(call);
    if (keys === undefined) {
      if (this.#known.size === mostKnown) this.#known.clear();
      keys = keysOf(this.#prefix, this.#database, call);
      this.#known.set(call, keys);
    }
    return keys;
  }
}

/** The bound of the cache: some hundred bytes per name. */
const mostKnown = 16_384;

/**
 * Names a call's keys and channel: all under one hash tag, so that they live in one slot of a cluster.
 * The tag is a digest, because a name may contain braces, of 132 bits, because clients choose the
 * names. Channels are shared by all databases of a Redis, so a channel's name includes the database.
 */
function keysOf(prefix: string, database: number, call: string): CallKeys {
  const tag = hash("sha256", call, "base64url").slice(0, 22);
  const base = `${prefix}:${schema}:{${tag}}`;
  return { state: `${base}:s`, log: `${base}:l`, channel: `${base}:c${database}` };
}
