import { SentinelGroup } from "../wire/sentinel.ts";
import { ServerProcess } from "../wire/server-process.ts";
import type { TcpProxy } from "../wire/tcp-proxy.ts";

/** One lease of the rows under load, in milliseconds; other durations are given in leases. */
export const leaseMs = 5000;
/** How often a server asks its subscriber connection whether it lives, and a Sentinel which Redis is the master. */
export const probeMs = 1000;
/** The seats of every call. */
export const seats = 4;

export interface NodeOptions {
  /** How it reaches Redis. */
  readonly way: TcpProxy | SentinelGroup;
  /** More environment. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly seatTimeoutMs?: number | undefined;
}

/** A server of a world, or the one that took its place: with the same flags, environment and way to Redis. */
export class Node {
  server: ServerProcess;
  readonly env: NodeJS.ProcessEnv;
  /** The proxy by which it reaches Redis, where there is no Sentinel to ask. */
  readonly proxy: TcpProxy | undefined;
  readonly #options: NodeOptions;

  private constructor(server: ServerProcess, options: NodeOptions) {
    this.server = server;
    this.#options = options;
    this.env = options.env ?? {};
    this.proxy = options.way instanceof SentinelGroup ? undefined : options.way;
  }

  static async start(options: NodeOptions): Promise<Node> {
    return new Node(await serverOf(options), options);
  }

  /** Starts another server in the place of the one that has ended. */
  async replace(): Promise<void> {
    this.server = await serverOf(this.#options);
  }

  async end(): Promise<void> {
    this.server.resume();
    await this.server.end("SIGKILL");
    this.proxy?.close();
  }
}

function serverOf({ way, env, seatTimeoutMs = leaseMs }: NodeOptions): Promise<ServerProcess> {
  const redis = way instanceof SentinelGroup ? way.flags : ["--redis-addr", way.addr];
  return ServerProcess.startWith(
    { ...process.env, ...env },
    ...redis,
    ...`--seat-count ${seats} --seat-timeout ${seatTimeoutMs}ms --redis-probe-interval ${probeMs}ms`.split(
      " ",
    ),
    ..."--ws-ping-interval 1s --ws-read-timeout 3s --drain-timeout 1s".split(" "),
  );
}
