import { setTimeout as wait } from "node:timers/promises";
import { ServerProcess } from "../wire/server-process.ts";

const probe = new URL("measure-memory.ts", import.meta.url).href;

/** The service under attack: a process of its own, whose memory and words are looked at. */
export class Target {
  readonly server: ServerProcess;
  /** Every session that was handed out while this server ran. */
  readonly sessions = new Set<string>();

  private constructor(server: ServerProcess) {
    this.server = server;
  }

  /**
   * Starts it with more flags; `plant` is a module to load before, `files` how many it may have open. Seats last 2 s,
   * so that what a round leaves behind is gone soon after.
   */
  static async start(
    flags: readonly string[],
    { plant, files }: { readonly plant?: string; readonly files?: number } = {},
  ): Promise<Target> {
    const planted = plant === undefined ? "" : ` --import=${plant}`;
    const nodeOptions = `--expose-gc --disable-warning=ExperimentalWarning --import=${probe}${planted}`;
    const shell = files === undefined ? [] : ["sh", "-c", `ulimit -n ${files}; exec "$@"`, "sh"];
    const leases = [
      "--seat-timeout",
      `${leaseMs}ms`,
      "--ws-read-timeout",
      "1500ms",
      "--ws-ping-interval",
      "500ms",
    ];
    const env = { ...process.env, NODE_OPTIONS: nodeOptions };
    return new Target(await ServerProcess.startBy(shell, env, ...leases, ...flags));
  }

  get url(): string {
    return this.server.url;
  }

  readonly handedOut = (session: string): void => void this.sessions.add(session);

  /** What it keeps after a collection, in bytes: heap and what lies beside it. Waits until what had a lease is gone. */
  async kept(): Promise<number> {
    await wait(2 * leaseMs + 1500);
    const { log } = this.server;
    const before = log.length;
    process.kill(this.server.pid, "SIGUSR2");
    for (let tries = 0; tries < 500; tries += 1) {
      const line = log.slice(before).find((one) => one.startsWith("memory "));
      if (line !== undefined) {
        const { heapUsed, external }: { heapUsed: number; external: number } = JSON.parse(line.slice(7));
        return heapUsed + external;
      }
      await wait(20);
    }
    throw new Error("the server does not say what memory it has");
  }

  /** How it ended; undefined while it lives and answers. */
  async died(): Promise<string | undefined> {
    const answer = await fetch(`${this.server.adminUrl}/livez`, { signal: AbortSignal.timeout(5000) }).catch(
      String,
    );
    // Of a process that ends, its connections are heard first.
    if (typeof answer === "string") await wait(1000);
    const { ending } = this.server;
    if (ending !== null) return `the process ended: ${ending}; ${this.server.log.at(-1) ?? ""}`;
    if (typeof answer === "string") return `the process does not answer: ${answer}`;
    await answer.arrayBuffer();
    return answer.status === 200 ? undefined : `/livez answers ${answer.status}`;
  }

  /** The sessions that stand anywhere in what it wrote. */
  leaked(): readonly string[] {
    const leaks = new Set<string>();
    for (const line of [...this.server.log, ...this.server.said])
      for (const [run] of line.matchAll(/[\w-]{27,}/g))
        for (let at = 0; at + 27 <= run.length; at += 1) {
          const part = run.slice(at, at + 27);
          if (this.sessions.has(part)) leaks.add(part);
        }
    return [...leaks];
  }

  /** The bugs it told of. */
  bugs(): readonly string[] {
    return this.server.log.filter((line) => /"level":"error"|signals: stops on a bug/.test(line));
  }

  async end(): Promise<number | string | null> {
    return this.server.end("SIGTERM");
  }
}

const leaseMs = 2000;
