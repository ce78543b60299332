import type { RedisAccess, RedisAddress } from "../node/address.ts";
import { Sentinels } from "./sentinel.ts";
import type { Whereabouts } from "../node/whereabouts.ts";

/** Where Redis is, who we are to it, and how often to make sure of both. */
export interface RedisPlace extends RedisAccess {
  /** Where one Redis is; or who knows where the master of several is, and by which name. */
  readonly place:
    | { readonly host: string; readonly port: number }
    | { readonly sentinels: readonly RedisAddress[]; readonly master: string };
  /** How often the subscriber connection is asked whether it lives, and a Sentinel for the master, in milliseconds. */
  readonly probeMs: number;
}

/** Finds the Redis of a place. */
export function whereaboutsOf(options: RedisPlace): Whereabouts {
  const { place, probeMs, tls, username, password, database } = options;
  const access = { tls, username, password, database };
  if ("sentinels" in place) return new Sentinels({ ...place, access, probeMs });
  const address = { ...access, host: place.host, port: place.port };
  return {
    find: async () => address,
    check: nothing,
    doubt: () => {},
    onMove: () => {},
    master: () => undefined,
    close: nothing,
  };
}

async function nothing(): Promise<void> {}
