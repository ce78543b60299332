/**
 * A program of its own, forked by `bystanders.ts`: peers on four calls that signal at a fixed rate, and measure how long
 * each signal takes from its post to the other peer's websocket. Asked by any message, it tells what it measured since.
 */
import { Agent, request } from "node:http";
import { join, TestPeer, type Ticket } from "../wire/test-peer.ts";
import type { Measured } from "./bystanders.ts";

const calls = 4;
const perSecond = 100;
const lostAfterMs = 5000;

const url = process.argv[2] ?? "";
// A bound, so that no new connection is needed when the server has none left.
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const sent = new Map<string, number>();
let latencies: number[] = [];
let broken: string[] = [];

const posters: Ticket[] = [];
const sessions: string[] = [];
for (let call = 0; call < calls; call += 1) {
  const name = `well behaved ${call}`;
  const [poster, hearer] = [await join(url, name), await join(url, name)];
  sessions.push(poster.session, hearer.session);
  posters.push(poster);
  // The poster holds its seat too, and hears nothing it sends.
  watch(await TestPeer.attach(url, poster));
  const peer = await TestPeer.attach(url, hearer);
  watch(peer);
  peer.socket.on("message", () => {
    const id = peer.heard.pop()?.body ?? "";
    const at = sent.get(id);
    if (at !== undefined) latencies.push(performance.now() - at);
    sent.delete(id);
  });
}
process.send?.({ sessions });

let count = 0;
setInterval(() => {
  const ticket = posters[count % calls];
  if (ticket !== undefined) post(ticket, String((count += 1)));
}, 1000 / perSecond);

process.on("message", () => {
  const now = performance.now();
  const lost = [...sent].filter(([, at]) => now - at > lostAfterMs);
  for (const [id] of lost) sent.delete(id);
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Infinity;
  const measured: Measured = { count: sorted.length, p50: at(0.5), p99: at(0.99), lost: lost.length, broken };
  [latencies, broken] = [[], []];
  process.send?.(measured);
});
process.on("disconnect", () => process.exit(0));

function watch(peer: TestPeer): void {
  void peer.closed.then(({ code, reason }) => broken.push(`closed ${code} ${reason}`));
}

function post(ticket: Ticket, id: string): void {
  const body = JSON.stringify({ ...ticket, kind: "OFFER", body: id });
  const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
  sent.set(id, performance.now());
  const posted = request(`${url}/signal`, { method: "POST", agent, headers }, (response) => {
    response.resume();
    if (response.statusCode === 200) return;
    sent.delete(id);
    broken.push(`answered ${response.statusCode}`);
  });
  posted.on("error", (error) => {
    sent.delete(id);
    broken.push(error.message);
  });
  posted.end(body);
}
