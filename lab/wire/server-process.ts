import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../packages/server/src/commands/main.ts", import.meta.url));

/** Those that run; whoever started them may fail before it ends them. */
const living = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** The service as a process of its own, on free ports of loopback. */
export class ServerProcess {
  readonly url: string;
  readonly adminUrl: string;
  /** Everything it logged, line by line. */
  readonly log: readonly string[];
  /** Everything it said on stdout, line by line. */
  readonly said: readonly string[];
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    [url, adminUrl]: readonly [string, string],
    log: readonly string[],
    said: readonly string[],
  ) {
    this.#child = child;
    this.url = url;
    this.adminUrl = adminUrl;
    this.log = log;
    this.said = said;
  }

  /** Starts one with more flags and resolves when it has said where it serves. */
  static start(...flags: string[]): Promise<ServerProcess> {
    return ServerProcess.startWith(process.env, ...flags);
  }

  /** The same, in an environment of its own. */
  static startWith(env: NodeJS.ProcessEnv, ...flags: string[]): Promise<ServerProcess> {
    return ServerProcess.startBy([], env, ...flags);
  }

  /** The same, by a command that ends in running its arguments, such as a shell that first sets a limit. */
  static async startBy(
    by: readonly string[],
    env: NodeJS.ProcessEnv,
    ...flags: string[]
  ): Promise<ServerProcess> {
    const anywhere = ["--addr", "127.0.0.1:0", "--healthz-addr", "127.0.0.1:0"];
    const [command = "", ...rest] = [...by, process.execPath, cli, ...anywhere, ...flags];
    const child = spawn(command, rest, { env, stdio: ["ignore", "pipe", "pipe"] });
    living.add(child);
    child.once("exit", () => living.delete(child));
    const log: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
    const said: string[] = [];
    const lines = createInterface({ input: child.stdout }).on("line", (line) => said.push(line));
    while (said.length < 2 && child.exitCode === null && child.signalCode === null)
      await Promise.race([once(lines, "line"), once(lines, "close"), once(child, "exit")]);
    const [url, adminUrl] = said.map((line) => /https?:\/\/\S+/.exec(line)?.[0]);
    if (url === undefined || adminUrl === undefined)
      throw new Error(`the service did not start:\n${log.join("\n")}`);
    return new ServerProcess(child, [url, adminUrl], log, said);
  }

  /** Its exit code, or the name of the signal that ended it; null while it lives. */
  get ending(): number | string | null {
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the process has no id");
    return this.#child.pid;
  }

  /** Sends a signal; resolves with the exit code, or the signal's name, when the process has ended. */
  async end(signal: NodeJS.Signals): Promise<number | string | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    const [code, killedBy]: (number | string | null)[] = await exited;
    return code ?? killedBy ?? null;
  }

  /** Stops it still, or lets it go on. */
  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }
}
