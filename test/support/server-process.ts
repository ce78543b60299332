import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

/** The service as a process of its own, on free ports of loopback. */
export class ServerProcess {
  readonly url: string;
  readonly adminUrl: string;
  /** Everything it logged, line by line. */
  readonly log: readonly string[];
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, url: string, adminUrl: string, log: readonly string[]) {
    this.child = child;
    this.url = url;
    this.adminUrl = adminUrl;
    this.log = log;
  }

  /** Starts one with more flags and resolves when it has said where it serves. */
  static start(...flags: string[]): Promise<ServerProcess> {
    return ServerProcess.startWith(process.env, ...flags);
  }

  /** The same, in an environment of its own. */
  static async startWith(env: NodeJS.ProcessEnv, ...flags: string[]): Promise<ServerProcess> {
    const anywhere = ["--addr", "127.0.0.1:0", "--healthz-addr", "127.0.0.1:0"];
    const child = spawn(process.execPath, [cli, ...anywhere, ...flags], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
    const said: string[] = [];
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      said.push(/https?:\/\/\S+/.exec(line)?.[0] ?? "");
      if (said.length === 2) break;
    }
    child.stdout.resume();
    const [url, adminUrl] = said;
    if (url === undefined || adminUrl === undefined)
      throw new Error(`the service did not start:\n${log.join("\n")}`);
    return new ServerProcess(child, url, adminUrl, log);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("the process has no id");
    return this.child.pid;
  }

  /** Sends a signal; resolves with the exit code, or the signal's name, when the process has ended. */
  async end(signal: NodeJS.Signals): Promise<number | string | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exited = once(this.child, "exit");
    this.child.kill(signal);
    const [code, killedBy]: (number | string | null)[] = await exited;
    return code ?? killedBy ?? null;
  }

  /** Stops it still, or lets it go on. */
  pause(): void {
    this.child.kill("SIGSTOP");
  }

  resume(): void {
    this.child.kill("SIGCONT");
  }
}
