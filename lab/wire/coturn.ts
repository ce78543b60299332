import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { untilLogged } from "./until-logged.ts";

/** A real coturn on a port of loopback, with a folder of its own, that knows no users but a secret. */
export class Coturn {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
  }

  /** Starts one, with more lines of configuration, and resolves when it listens, for UDP and for TCP. */
  static async start(secret: string, ...more: string[]): Promise<Coturn> {
    const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), "signals-coturn-"))];
    const config = join(folder, "turnserver.conf");
    await writeFile(
      config,
      `${[
        `listening-port=${port}`,
        "listening-ip=127.0.0.1",
        "relay-ip=127.0.0.1",
        "realm=signals.test",
        "use-auth-secret",
        `static-auth-secret=${secret}`,
        "allow-loopback-peers",
        "no-cli",
        "no-tls",
        "no-dtls",
        "relay-threads=1",
        "verbose",
        "log-file=stdout",
        `pidfile=${join(folder, "turnserver.pid")}`,
        `userdb=${join(folder, "turndb")}`,
        ...more,
      ].join("\n")}\n`,
    );
    const child = spawn(process.env["TURNSERVER"] || "turnserver", ["-c", config], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    await once(child, "spawn");
    await untilLogged("coturn", child, "IO method (auth thread)");
    // It goes on logging, and must not wait for a reader.
    child.stdout.resume();
    return new Coturn(port, child, folder);
  }

  get url(): string {
    return `turn:127.0.0.1:${this.port}`;
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGKILL");
      await exited;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
