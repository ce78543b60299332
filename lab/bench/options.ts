import { parseArgs } from "node:util";
import { fullPlan, type Plan, quickPlan } from "./plan.ts";
import { isServerName, type ServerName, serverNames } from "./servers/rows.ts";
import { type Workload, workloads } from "./workloads/rows.ts";

/** What the bench was asked for. */
export interface BenchOptions {
  readonly plan: Plan;
  readonly chosen: readonly Workload[];
  readonly servers: readonly ServerName[];
  /** A file for the raw figures. */
  readonly json: string | undefined;
  /** Whether the chart in the docs is drawn anew. */
  readonly write: boolean;
}

/** Says what is wrong with the command line. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

/** Reads the command line. @throws OptionsError */
export function readOptions(args: readonly string[]): BenchOptions {
  const { quick, only, servers, runs, json, write } = parsed(args);
  const chosen = workloads.filter(
    ({ key }) => only === undefined || only.some((word) => key.startsWith(word)),
  );
  const unknown = only?.find((word) => !workloads.some(({ key }) => key.startsWith(word)));
  if (unknown !== undefined)
    throw new OptionsError(`--only ${unknown} is none of ${workloads.map(({ key }) => key).join(", ")}`);
  const named = servers?.split(",") ?? serverNames;
  const strange = named.find((name) => !isServerName(name));
  if (strange !== undefined)
    throw new OptionsError(`--servers ${strange} is none of ${serverNames.join(", ")}`);
  const plan = quick === true ? quickPlan : fullPlan;
  if (runs !== undefined && !/^[1-9]\d?$/.test(runs))
    throw new OptionsError(`--runs ${runs} is no count from 1 to 99`);
  return {
    plan: runs === undefined ? plan : { ...plan, runs: Number(runs), idleRuns: Number(runs) },
    chosen,
    servers: named.filter(isServerName),
    json,
    write: write === true,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean" },
        only: { type: "string", multiple: true },
        servers: { type: "string" },
        runs: { type: "string" },
        json: { type: "string" },
        write: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
