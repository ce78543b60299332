import { constants } from "node:os";
import type { Settings } from "../settings/rows.ts";
import { complain } from "./complain.ts";

/** Serves until SIGTERM or SIGINT, then drains; a second signal ends the process immediately. */
export async function serve(settings: Settings): Promise<void> {
  process.on("uncaughtException", (error) => fail(`stops on a bug: ${oneLine(error)}`));
  // Imported here, since an old Node cannot load the service, and --help does not need it.
  const [{ startService }, { logReports }] = await Promise.all([
    import("../service.ts"),
    import("../telemetry/log.ts"),
  ]);
  const { logLevel, logFormat } = settings;
  const format = logFormat === "auto" ? (process.stderr.isTTY ? "text" : "json") : logFormat;
  const started = startService({ ...settings, report: logReports(logLevel, format, process.stderr) });
  let first: { readonly signal: string; readonly at: number } | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      const at = performance.now();
      // One Ctrl-C under npm sends two: the terminal sends one, and npm forwards its own.
      if (signal === "SIGINT" && first?.signal === "SIGINT" && at - first.at < onePressMs) return;
      if (first !== undefined) process.exit(128 + constants.signals[signal]);
      first = { signal, at };
      process.stdout.write(`${signal}: draining; send it again to stop now\n`);
      // A failed start is reported below; a failed close is a bug, which the handler above reports.
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

/** SIGINTs that follow each other faster come from one press of Ctrl-C. */
const onePressMs = 100;

const advice: ReadonlyMap<unknown, string> = new Map([
  ["EADDRINUSE", "stop what listens there, or give another port"],
  ["EACCES", "give a port from 1024 up, or allow this user the lower ones"],
  ["EADDRNOTAVAIL", "give an address of this machine, or :port for every interface"],
  ["ENOTFOUND", "give a host that resolves, or :port for every interface"],
  ["EAI_AGAIN", "give a host that resolves, or :port for every interface"],
]);

/** The fields that Node adds to an error of the system. */
type SystemError = Error & { code?: unknown; port?: unknown; address?: unknown; hostname?: unknown };

/** Describes why the service did not start; for an address that cannot be listened on, with the setting and advice. */
function startFailure(error: unknown, { addr }: Settings): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port, address, hostname = address }: SystemError = error;
  const whatToDo = advice.get(code);
  if (whatToDo === undefined) return code === undefined ? oneLine(error) : error.message;
  // Port 0 does not tell the settings apart, and an error of resolving a host has no port.
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
