import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { freePort } from "../../wire/free-port.ts";
import { RedisServer } from "../../wire/redis.ts";
import type { ServerRow } from "./rows.ts";

/** A server that runs as a process of its own, and its Redis where it has one. */
export class RunningServer {
  readonly row: ServerRow;
  readonly port: number;
  readonly pid: number;
  readonly redisPid: number | undefined;
  readonly #child: ChildProcess;
  readonly #redis: RedisServer | undefined;

  private constructor(row: ServerRow, child: ChildProcess, port: number, redis: RedisServer | undefined) {
    this.row = row;
    this.#child = child;
    this.port = port;
    this.pid = child.pid ?? 0;
    this.#redis = redis;
    this.redisPid = redis?.pid;
    running.add(this);
  }

  /** Starts one, on the Node that runs this; `flags` are for the service alone. @throws with what it wrote, when it ends. */
  static async start(row: ServerRow, flags: readonly string[]): Promise<RunningServer> {
    const redis = row.onRedis ? await RedisServer.start() : undefined;
    const given = { flags, redisPort: redis?.port ?? 0, ownPort: await freePort() };
    const child = spawn(process.execPath, row.args(given), {
      env: { ...process.env, ...row.env?.(given) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      return new RunningServer(row, child, await portOf(row.name, child), redis);
    } catch (error) {
      await redis?.remove();
      throw error;
    }
  }

  async end(): Promise<void> {
    running.delete(this);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGKILL");
      await exited;
    }
    await this.#redis?.remove();
  }
}

/** None outlives this process, however that ends. */
const running = new Set<RunningServer>();
process.on("exit", () => {
  for (const { pid, redisPid } of running)
    for (const one of [pid, redisPid]) if (one !== undefined) process.kill(one, "SIGKILL");
});

/** The port in the first line that a server writes when it listens. */
async function portOf(name: string, { stdout, stderr }: ChildProcess): Promise<number> {
  if (stdout === null || stderr === null) throw new Error("a server without pipes");
  let complaints = "";
  stderr.on("data", (chunk: Buffer) => {
    // Enough to say why it ended; what it goes on to write is read and dropped.
    if (complaints.length < 4096) complaints += String(chunk);
  });
  const lines = createInterface({ input: stdout });
  const said = await Promise.race([
    once(lines, "line").then(([line]) => String(line)),
    once(lines, "close").then(() => ""),
  ]);
  const port = Number(/:\s?(\d+)/.exec(said)?.[1]);
  if (!(port > 0)) throw new Error(`${name} did not start: ${said}\n${complaints}`);
  return port;
}
