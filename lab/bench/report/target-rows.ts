import type { Measure } from "../figure.ts";
import type { ServerName } from "../servers/rows.ts";
import { callsName } from "../workloads/flatness.ts";
import { idleName } from "../workloads/idle.ts";

/** Which figure is meant. */
export interface Which {
  readonly workload: string;
  readonly server: ServerName;
  readonly measure: Measure;
}

/** What must be reached: a figure of ours, or its ratio to another one of the same run. */
export interface Target {
  readonly says: string;
  readonly of: Which;
  readonly over?: Which;
  /** The most its median may be; undefined for what is only told. */
  readonly most?: number;
  /** What would be better still. */
  readonly aim?: number;
  /** Whether it may be as much as the same thing measured twice differs by. */
  readonly orSpread?: true;
}

/** How far two processes of the same service differ in one run: what is less than this says nothing. */
export const spread = overOther(
  "relay 400 B",
  "serverUs",
  "the service measured twice, the second over the first",
  {
    server: "oursAgain",
    base: "ours",
  },
);

/** The targets, and what is told beside them. */
export const targetRows: readonly Target[] = [
  spread,
  generatorOver("relay 400 B", "ours", "the service's"),
  generatorOver("relay 400 B", "floor", "the floor's"),
  ...["relay 400 B", "relay 3 KB"].flatMap((workload) => [
    overOther(workload, "serverUs", "server CPU over the floor's", { most: 1.5, aim: 1.25 }),
    overSocketIo(workload),
    overOther(workload, "redisUs", "Redis CPU over a bare check-and-PUBLISH script's", { most: 2.8, aim: 2 }),
  ]),
  overSocketIo("relay 14 KB"),
  overOther("join", "serverUs", "server CPU over a bare GET's", { most: 1.8 }),
  overOther("attach", "serverUs", "server CPU over that of a bare upgrade with one text each way", {
    most: 1.6,
  }),
  overOther("call set-up", "serverUs", "server CPU over the floor's", {}),
  alone(idleName(19_000), "residentKb", "KB resident for each", { most: 10, aim: 6 }),
  alone(idleName(19_000), "idleShare", "% of a core, with pings every 5 s", { most: 10 }),
  overOther("1,000 signals a second", "p99", "p99 over socket.io's", { most: 1, base: "socketIo" }),
  overOther("1,000 signals a second", "p99", "p99 over PeerJS server's", { most: 1, base: "peerJs" }),
  overOther("reconnect storm", "allBackMs", "until all are attached again, over the floor's", { most: 3 }),
  { ...grown(1000, "ours", "server CPU over that on 10"), most: 1.15, orSpread: true },
  { ...grown(10_000, "ours", "server CPU over that on 10"), most: 1.15, orSpread: true },
  grown(10_000, "floor", "the floor's own CPU over that on 10"),
];

interface Bounds {
  readonly most?: number;
  readonly aim?: number;
  readonly server?: ServerName;
  readonly base?: ServerName;
}

/** A figure of ours over another server's, the floor's if none is named. */
function overOther(workload: string, measure: Measure, words: string, bounds: Bounds): Target {
  const { server = "ours", base = "floor", ...rest } = bounds;
  const over = { workload, server: base, measure };
  return { says: `${workload}: ${words}`, of: { workload, server, measure }, over, ...rest };
}

/** What makes the load has to be cheaper than what bears it, or it would be the load that is measured. */
function generatorOver(workload: string, server: ServerName, whose: string): Target {
  const of = { workload, server, measure: "loadUs" } as const;
  const says = `${workload}: the generator's CPU over ${whose}`;
  return { says, of, over: { workload, server, measure: "serverUs" }, most: 1 };
}

function overSocketIo(workload: string): Target {
  const words = "server CPU over socket.io's with its Redis adapter";
  return overOther(workload, "serverUs", words, { most: 0.5, base: "socketIo" });
}

function alone(workload: string, measure: Measure, words: string, bounds: Bounds): Target {
  return { says: `${workload}: ${words}`, of: { workload, server: "ours", measure }, ...bounds };
}

/** The cost on more calls over the cost on ten. */
function grown(calls: number, server: ServerName, words: string): Target {
  const of = { workload: callsName(calls), server, measure: "serverUs" } as const;
  return { says: `${callsName(calls)}: ${words}`, of, over: { ...of, workload: callsName(10) } };
}
