import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@redis/client";
import type { RedisOptions } from "../../src/backends/redis/redis-backend.ts";

/** A real redis-server on a port of its own, in a folder of its own. */
export class RedisServer {
  readonly port: number;
  private readonly folder: string;
  private readonly args: readonly string[];
  private child: ChildProcess | undefined;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.folder = folder;
    this.args = args;
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

  get addr(): string {
    return `127.0.0.1:${this.port}`;
  }

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error("redis-server does not run");
    return pid;
  }

  async start(): Promise<void> {
    const own = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.folder, "--save", ""];
    const child = spawn(process.env["REDIS_SERVER"] ?? "redis-server", [...own, ...this.args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.child = child;
    let log = "";
    for await (const chunk of child.stdout) {
      log += String(chunk);
      if (log.includes("Ready to accept connections")) break;
    }
    if (child.exitCode !== null) throw new Error(`redis-server did not start:\n${log}`);
    child.stdout.destroy();
  }

  /** Ends it: politely, or at once. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    const exited = once(child, "exit");
    child.kill("SIGCONT");
    child.kill(signal);
    await exited;
  }

  /** Stands still, or goes on. */
  pause(): void {
    process.kill(this.pid, "SIGSTOP");
  }

  resume(): void {
    process.kill(this.pid, "SIGCONT");
  }

  /** Sends one command on a connection of its own. */
  async command<Reply = unknown>(...command: string[]): Promise<Reply> {
    const client = createClient({ socket: { host: "127.0.0.1", port: this.port, reconnectStrategy: false } });
    client.on("error", () => {});
    await client.connect();
    try {
      return await client.sendCommand<Reply>(command);
    } finally {
      client.destroy();
    }
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What a backend is opened with to use a server of the tests. */
export function redisOptions({ port }: RedisServer): RedisOptions {
  const who = { tls: false, username: undefined, password: undefined, database: 0 };
  return { place: { host: "127.0.0.1", port }, ...who, prefix: "signals", probeMs: 1000, report: () => {} };
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
