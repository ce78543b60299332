import type { RedisAddress } from "../node/address.ts";
import type { AddressSource } from "../node/address-source.ts";
import { RedisNode, type RedisNodeOptions } from "../node/redis-node.ts";
import { serveFrom, type Topology } from "./topology.ts";

/** Opens a topology of one Redis at a fixed address. */
export function openSingle(address: RedisAddress, options: Omit<RedisNodeOptions, "source">): Topology {
  const source: AddressSource = {
    findAddress: async () => address,
    checkServer: async () => {},
    doubtAddress: () => {},
    masterName: undefined,
  };
  return serveFrom(new RedisNode({ ...options, source }));
}
