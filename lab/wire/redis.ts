import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RedisOptions } from "../../packages/server/src/backends/redis/redis-backend.ts";
import { freePort } from "./free-port.ts";
import { RedisProcess } from "./redis-process.ts";

/** A real Redis. */
export class RedisServer extends RedisProcess {
  readonly #args: readonly string[];

  private constructor(port: number, folder: string, args: readonly string[]) {
    super(port, folder);
    this.#args = args;
  }

  /** Starts one; it keeps its data over a restart only where `args` say so. */
  static async start(...args: string[]): Promise<RedisServer> {
    const server = await RedisServer.prepare(...args);
    await server.start();
    return server;
  }

  /** One that has its port, and does not run yet. */
  static async prepare(...args: string[]): Promise<RedisServer> {
    return new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), "signals-redis-")), args);
  }

  /** Removes what it has written down; while it does not run. */
  async forget(): Promise<void> {
    for (const name of await readdir(this.folder)) await rm(join(this.folder, name), { recursive: true });
  }

  /** Starts it, with more arguments for this time. */
  async start(...args: readonly string[]): Promise<void> {
    const own = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder, "--save", ""];
    await this.run([...own, ...this.#args, ...args], "Ready to accept connections");
  }
}

/** What a backend is opened with to use a server of the tests. */
export function redisOptions({ port }: RedisServer): RedisOptions {
  const who = { tls: false, username: undefined, password: undefined, database: 0 };
  return {
    topology: { host: "127.0.0.1", port },
    ...who,
    prefix: "signals",
    probeMs: 1000,
    report: () => {},
  };
}
