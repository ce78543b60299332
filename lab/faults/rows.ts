import { measureChurn } from "./measured/churn.ts";
import { measureReconnectStorm } from "./measured/reconnect-storm.ts";
import { measureLastSeat } from "./measured/last-seat.ts";
import { runMix } from "./measured/mix.ts";
import { measureRedisAbsent } from "./measured/redis-absent.ts";
import { measureSeatFreed } from "./measured/seat-freed.ts";
import { clientFaults } from "./injected/clients.ts";
import { failovers } from "./injected/failovers.ts";
import { redisFaults } from "./injected/redis.ts";
import { serverFaults } from "./injected/servers.ts";
import type { RunOptions } from "./run-options.ts";
import { type Outcome, runUnderLoad } from "./under-load.ts";

/** One row of the harness; `--only` takes its name. */
export interface Row {
  readonly name: string;
  readonly does: string;
  readonly run: (options: RunOptions) => Promise<Outcome>;
}

/** Everything that goes wrong while clients talk. One more fault is one more row here. */
export const faults = [...redisFaults, ...failovers, ...serverFaults, ...clientFaults];

export const rows: readonly Row[] = [
  { name: "redis-absent", does: "servers start before their Redis", run: measureRedisAbsent },
  ...faults.map((fault) => ({
    name: fault.name,
    does: fault.does,
    run: ({ times, say }: RunOptions) => runUnderLoad(fault, times, say),
  })),
  {
    name: "reconnect-storm",
    does: "2,000 websockets cut at once, and killed with their server",
    run: measureReconnectStorm,
  },
  { name: "seat-freed", does: "200 clients die: their seats are free a lease later", run: measureSeatFreed },
  { name: "last-seat", does: "eight race for the last seat, at two servers", run: measureLastSeat },
  { name: "churn", does: "20,000 clients come and go: nothing is left", run: measureChurn },
  { name: "mix", does: "all faults at random, for three minutes", run: (options) => runMix(faults, options) },
];
