import { requestBytes, upgradeHeaders } from "../../wire/raw-http.ts";
import type { Findings, Tally } from "../findings.ts";
import { frameBytes } from "../frame-bytes.ts";
import { runRequests } from "../http-run.ts";
import { runWebsockets } from "../websocket-run.ts";
import { drip } from "./drip.ts";
import { flood } from "./flood.ts";
import { neverRead } from "./never-read.ts";

/** What an attack is given. */
export interface Given {
  readonly url: URL;
  readonly seed: number;
  readonly findings: Findings;
  readonly handedOut: (session: string) => void;
  readonly until: AbortSignal;
}

/** One kind of misbehaviour, which goes on until it is told to stop and tells how the server took it. */
export interface Attack {
  readonly title: string;
  readonly run: (given: Given) => Promise<Tally | string>;
}

const post = { method: "POST", headers: { "Content-Type": "application/json", "Content-Length": "1000" } };
const upgrade = requestBytes({ target: "/ws", headers: upgradeHeaders });
const slowJoin = frameBytes({
  opcode: 1,
  payload: JSON.stringify({ kind: "JOIN", call: "tea", session: "x".repeat(27) }),
});

/** Every attack, in the order they are run. Rates are those of one attacker's machine, below what fills a core. */
export const attacks: readonly Attack[] = [
  {
    title: "slow headers, 500 connections, a byte every 500 ms",
    run: ({ url, until }) => {
      const head = Buffer.from("GET /call/tea HTTP/1.1\r\n");
      return drip(
        url,
        { count: 500, everyMs: 500, head, rest: Buffer.from("X-Slow: and slower\r\n".repeat(50)) },
        until,
      );
    },
  },
  {
    title: "slow bodies, 500 connections, a byte every 500 ms",
    run: ({ url, until }) => {
      const head = requestBytes({ ...post, target: "/signal" });
      return drip(url, { count: 500, everyMs: 500, head, rest: Buffer.alloc(999, '{"kind":"OFFER"') }, until);
    },
  },
  {
    title: "slow websocket handshakes, 1,000 websockets, a byte every 500 ms",
    run: ({ url, until }) => drip(url, { count: 1000, everyMs: 500, head: upgrade, rest: slowJoin }, until),
  },
  {
    title: "frames that lie about their length, 500 websockets, 60 KB stated, a byte every 500 ms",
    run: ({ url, until }) => {
      const lie = frameBytes({ opcode: 1, payload: "{", length: 60_000, lengthBytes: 2 });
      const rest = Buffer.alloc(1000, " ");
      return drip(url, { count: 500, everyMs: 500, head: Buffer.concat([upgrade, lie]), rest }, until);
    },
  },
  {
    title: "floods of text, 5 clients with a seat, 10,000 frames a second each, back 250 ms after each close",
    run: ({ url, until, handedOut }) => {
      const text = frameBytes({ opcode: 1, payload: "x".repeat(1000) });
      const bytes = Buffer.concat(Array.from({ length: 50 }, () => text));
      return flood(url, { count: 5, bytes, everyMs: 5, backAfterMs: 250, handedOut }, until);
    },
  },
  {
    title: "tiny fragments, 5 clients with a seat, 20,000 a second each, back 250 ms after each close",
    run: ({ url, until, handedOut }) => {
      const first = frameBytes({ opcode: 1, fin: false, payload: "x" });
      const more = frameBytes({ opcode: 0, fin: false, payload: "x" });
      const bytes = Buffer.concat([first, ...Array.from({ length: 100 }, () => more)]);
      return flood(url, { count: 5, bytes, everyMs: 5, backAfterMs: 250, handedOut }, until);
    },
  },
  {
    title: "100 clients that never read",
    run: ({ url, until, handedOut }) => neverRead(url, handedOut, until),
  },
  {
    title: "mutated websocket streams, 100 a second",
    run: async ({ url, seed, findings, handedOut }) => {
      const run = { url: url.origin, seed, first: 1e6, count: 1000, perSecond: 100, findings, handedOut };
      return (await runWebsockets(run)).ends;
    },
  },
  {
    title: "mutated requests, 100 a second",
    run: async ({ url, seed, findings, handedOut }) => {
      const run = { url: url.origin, seed, first: 1e6, count: 1000, perSecond: 100, findings, handedOut };
      return (await runRequests(run)).statuses;
    },
  },
];
