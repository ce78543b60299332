import type { RedisAddress } from "./address.ts";
import type { RedisClient } from "./client.ts";

/** Where a node's connections find the address to connect to. Each topology has its own. */
export interface AddressSource {
  /** Returns the address; the same object for as long as it does not change. @throws when it cannot be determined now. */
  findAddress(): Promise<RedisAddress>;
  /** Runs on each new connection. @throws when the server there cannot serve the calls. */
  checkServer(client: RedisClient): Promise<void>;
  /** Runs when an attempt to connect to an address has failed. */
  doubtAddress(address: RedisAddress): void;
  /** The master's host and port, for the log. Undefined where nothing fails over. */
  readonly masterName: string | undefined;
}
