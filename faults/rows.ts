import { clientFaults } from "./strikes/clients.ts";
import { redisFaults } from "./strikes/redis.ts";
import { serverFaults } from "./strikes/servers.ts";
import { type Outcome, runUnderLoad } from "./under-load.ts";

/** What a row is run with. */
export interface RunOptions {
  readonly times: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** One row of the harness; `--only` takes its name. */
export interface Row {
  readonly name: string;
  readonly does: string;
  readonly run: (options: RunOptions) => Promise<Outcome>;
}

/** Everything that goes wrong while clients talk. One more fault, such as a failover, is one more row here. */
export const faults = [...redisFaults, ...serverFaults, ...clientFaults];

export const rows: readonly Row[] = [
  ...faults.map((fault) => ({
    name: fault.name,
    does: fault.does,
    run: ({ times, say }: RunOptions) => runUnderLoad(fault, times, say),
  })),
];
