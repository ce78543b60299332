import { connect, type Socket } from "node:net";
import { Tally } from "../findings.ts";
import { readServerFrames } from "../server-frames.ts";

/** Connections that say a little at once and the rest byte by byte, each at moments of its own. */
export interface Drip {
  readonly count: number;
  readonly everyMs: number;
  readonly head: Buffer;
  readonly rest: Buffer;
}

/** Holds so many connections open that each drip, opens another for each that ends, and tells how they ended. */
export async function drip(
  url: URL,
  { count, everyMs, head, rest }: Drip,
  until: AbortSignal,
): Promise<Tally> {
  const ends = new Tally();
  const open = new Map<Socket, number>();
  // Slow clients share no clock: their bytes come spread over the time between two, not all in one burst.
  const shares: Set<Socket>[] = Array.from({ length: sharesOfTime }, () => new Set());
  const begin = (at: number): void => {
    if (until.aborted) return;
    const socket = connect({ host: url.hostname, port: Number(url.port) });
    let got: Buffer = Buffer.alloc(0);
    open.set(socket, 0);
    shares[at % sharesOfTime]?.add(socket);
    socket.write(head);
    socket.on("data", (chunk: Buffer) => (got = Buffer.concat([got, chunk])));
    socket.on("end", () => socket.destroy());
    socket.on("error", () => {});
    socket.on("close", () => {
      if (open.delete(socket)) ends.add(endOf(got));
      shares[at % sharesOfTime]?.delete(socket);
      setTimeout(begin, everyMs, at);
    });
  };
  for (let at = 0; at < count; at += 1) setTimeout(begin, ((at % sharesOfTime) * everyMs) / sharesOfTime, at);
  let turn = 0;
  const timer = setInterval(() => {
    for (const socket of shares[turn % sharesOfTime] ?? []) {
      const at = open.get(socket) ?? 0;
      if (at >= rest.length) continue;
      socket.write(rest.subarray(at, at + 1));
      open.set(socket, at + 1);
    }
    turn += 1;
  }, everyMs / sharesOfTime);
  await new Promise<void>((resolve) => until.addEventListener("abort", () => resolve(), { once: true }));
  clearInterval(timer);
  for (const socket of open.keys()) socket.resetAndDestroy();
  open.clear();
  return ends;
}

const sharesOfTime = 100;

/** A status, or the code of a close. */
export function endOf(got: Buffer): string {
  const status = got.toString("latin1", 9, 12);
  if (status !== "101") return status === "" ? "cut" : status;
  const { frames } = readServerFrames(got.subarray(got.indexOf("\r\n\r\n") + 4));
  const close = frames.find(({ opcode }) => opcode === 8);
  return close === undefined || close.payload.length < 2 ? "cut" : `close ${close.payload.readUInt16BE()}`;
}
