import type { RedisAddress } from "./address.ts";
import type { RedisClient } from "./client.ts";

/** Where the Redis is that keeps the calls: there, or wherever it has failed over to. */
export interface Whereabouts {
  /** Answers the same object as long as it is the same Redis. @throws where that can't be told now. */
  find(): Promise<RedisAddress>;
  /** Runs on each new connection. @throws where it does not lead to the Redis to use. */
  check(client: RedisClient): Promise<void>;
  /** Says that what was found can't be used. */
  doubt(address: RedisAddress): void;
  /** Tells of another Redis to use, as soon as that is known; one listener at a time. */
  onMove(listener: (address: RedisAddress) => void): void;
  /** Where the master is, for those who run it; undefined where there are no replicas to tell it from. */
  master(): string | undefined;
  close(): Promise<void>;
}
