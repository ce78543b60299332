import type { RedisAccess, RedisAddress } from "../node/address.ts";
import type { RedisNodeOptions } from "../node/redis-node.ts";
import { openSentinel } from "./sentinel.ts";
import { openSingle } from "./single.ts";
import type { Topology } from "./topology.ts";

/** The topology that an operator configures, and how to access its nodes. */
export interface TopologySettings extends RedisAccess {
  /** The address of one Redis; or the Sentinels of several, and the name by which they know the master. */
  readonly topology:
    | { readonly host: string; readonly port: number }
    | { readonly sentinels: readonly RedisAddress[]; readonly master: string };
  /** The interval between checks of each subscriber connection, and between queries for the master's address, in milliseconds. */
  readonly probeMs: number;
}

/** Opens the topology that the settings name. */
export function openTopology(
  settings: TopologySettings,
  options: Omit<RedisNodeOptions, "source">,
): Topology {
  const { topology, probeMs, tls, username, password, database } = settings;
  const access = { tls, username, password, database };
  if ("sentinels" in topology) return openSentinel({ ...topology, access, probeMs }, options);
  return openSingle({ ...access, host: topology.host, port: topology.port }, options);
}
