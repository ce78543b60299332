import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createClient } from "@redis/client";
import { untilLogged } from "./until-logged.ts";

/** The program redis-server, as a Redis or as a Sentinel: a process on a port of its own, with a folder of its own. */
export class RedisProcess {
  readonly port: number;
  protected readonly folder: string;
  #child: ChildProcess | undefined;

  protected constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  get addr(): string {
    return `127.0.0.1:${this.port}`;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error("redis-server does not run");
    return pid;
  }

  /** Ends it: politely, or at once. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return;
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

  /** Runs it until it has logged this; rejects with its log when it ends before, and leaves nothing of it. */
  protected async run(args: readonly string[], ready: string): Promise<void> {
    const child = spawn(process.env["REDIS_SERVER"] ?? "redis-server", args, {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child = child;
    try {
      await untilLogged("redis-server", child, ready);
    } catch (error) {
      await this.remove();
      throw error;
    }
    child.stdout.destroy();
  }
}
