#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { helpText } from "../settings/help.ts";
import { readSettings } from "../settings/read.ts";
import type { Settings } from "../settings/rows.ts";

const manifest = readManifest();

async function main(): Promise<void> {
  if (isNodeTooOld()) {
    complain(`needs Node ${manifest.engines.node}, this is ${process.version}; install a newer Node`);
    process.exitCode = 1;
    return;
  }
  const reading = readSettings(process.argv.slice(2), process.env);
  switch (reading.kind) {
    case "help":
      process.stdout.write(helpText());
      break;
    case "version":
      process.stdout.write(`${manifest.version}\n`);
      break;
    case "problems":
      reading.problems.forEach(complain);
      process.exitCode = 2;
      break;
    case "settings":
      reading.notices.forEach(complain);
      await serve(reading.settings);
  }
}

/** Serves until SIGTERM or SIGINT, then leaves politely; a second signal stops at once. */
async function serve(settings: Settings): Promise<void> {
  process.on("uncaughtException", (error) => fail(`stops on a bug: ${oneLine(error)}`));
  // Only now: an old Node, and --help, need nothing of the service.
  const [{ startService }, { logReports }] = await Promise.all([
    import("../service.ts"),
    import("../telemetry/log.ts"),
  ]);
  const { logLevel, logFormat } = settings;
  const format = logFormat === "auto" ? (process.stderr.isTTY ? "text" : "json") : logFormat;
  const started = startService({ ...settings, report: logReports(logLevel, format, process.stderr) });
  let left: { readonly signal: string; readonly at: number } | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      const at = performance.now();
      // Of one Ctrl-C under npm we hear twice: from the terminal, and from npm, which passes it on.
      if (signal === "SIGINT" && left?.signal === "SIGINT" && at - left.at < onePressMs) return;
      if (left !== undefined) process.exit(128 + constants.signals[signal]);
      left = { signal, at };
      process.stdout.write(`${signal}: draining; send it again to stop now\n`);
      // A start that failed has been told below; a close that fails is a bug, and lands above.
      void started.then(async (service) => {
        await service.close();
        process.exit(0);
      });
    });
  try {
    const { url, adminUrl } = await started;
    process.stdout.write(`signals serves on ${url}\nadmin on ${adminUrl}\n`);
    if (settings.demo) process.stdout.write(`open ${url}/ in two tabs\n`);
  } catch (error) {
    fail(`can't start: ${startFailure(error, settings)}`);
  }
}

const onePressMs = 100;

const advice: ReadonlyMap<unknown, string> = new Map([
  ["EADDRINUSE", "stop what listens there, or give another port"],
  ["EACCES", "give a port from 1024 up, or allow this user the lower ones"],
  ["EADDRNOTAVAIL", "give an address of this machine, or :port for every interface"],
  ["ENOTFOUND", "give a host that resolves, or :port for every interface"],
  ["EAI_AGAIN", "give a host that resolves, or :port for every interface"],
]);

/** What Node tells with an error of the system. */
type SystemError = Error & { code?: unknown; port?: unknown; address?: unknown; hostname?: unknown };

/** Says which address can't be listened on and what to do; other errors with a code speak for themselves. */
function startFailure(error: unknown, { addr }: Settings): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port, address, hostname = address }: SystemError = error;
  const whatToDo = advice.get(code);
  if (whatToDo === undefined) return code === undefined ? oneLine(error) : error.message;
  // Port 0 is no clue, nor is there a port when the host did not resolve.
  const isAddr = port ? port === addr.port : hostname === addr.host;
  return `${isAddr ? "--addr" : "--healthz-addr"}: ${error.message}; ${whatToDo}`;
}

function oneLine(error: Error): string {
  return (error.stack ?? error.message).replaceAll(/\s*\n\s*/g, " ");
}

function fail(problem: string): never {
  complain(problem);
  process.exit(1);
}

function complain(problem: string): void {
  process.stderr.write(`signals: ${problem}\n`);
}

type Manifest = { readonly version: string; readonly engines: { readonly node: string } };

/** The package this is part of: the sources and the build lie equally deep in it. */
function readManifest(): Manifest {
  return JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
}

function isNodeTooOld(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = (manifest.engines.node.match(/\d+/g) ?? []).map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

await main();
