import type { ChannelListener, Channels } from "../../../calls/ports/backend.ts";
import type { RedisNode } from "../node/redis-node.ts";

/** Which Redis node serves a call. */
export interface Topology {
  /** The nodes that this process connects to. */
  readonly nodes: readonly RedisNode[];
  /** Returns the node that serves a call. */
  nodeOf(call: string): RedisNode;
  /** Opens this process's subscriptions, each on the node that serves its call. */
  openChannels(listener: ChannelListener): Channels;
  /** Ends all connections and timers. Idempotent. */
  close(): Promise<void>;
}

/** Returns a topology in which one node serves every call. */
export function serveFrom(node: RedisNode): Topology {
  return {
    nodes: [node],
    nodeOf: () => node,
    openChannels: (listener) => node.openChannels(listener),
    close: () => node.close(),
  };
}
