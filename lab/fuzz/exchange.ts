import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** How a connection went. */
export interface Exchanged {
  readonly got: Buffer;
  /** `enough`: the reader had what it wanted; `ended`: the server ended it; `silent`: neither, for too long. */
  readonly by: "enough" | "ended" | "silent";
}

/** What is done on one connection: the bytes first, and what is made of what comes back. */
export interface Exchange {
  readonly first: Buffer;
  /** Whether our side ends with the first bytes. */
  readonly half?: boolean;
  /** Looks at all that came, may send more, and says when it has seen enough. */
  readonly read?: (got: Buffer, socket: Socket) => boolean;
}

/** Talks once on a connection of its own, and drops it, so that no port lingers. */
export async function exchange(url: URL, { first, half = false, read }: Exchange): Promise<Exchanged> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await talk(url, first, half, read);
    } catch (error) {
      // Out of ports for a moment: a limit of this machine's, not of the server's.
      if (!isOutOfPorts(error) || tries > 50) throw error;
      await wait(100);
    }
  }
}

function isOutOfPorts(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRNOTAVAIL";
}

function talk(url: URL, first: Buffer, half: boolean, read: Exchange["read"]): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      allowHalfOpen: true,
    });
    let got: Buffer = Buffer.alloc(0);
    let connected = false;
    const settle = (by: Exchanged["by"]): void => {
      socket.removeAllListeners("data");
      socket.resetAndDestroy();
      resolve({ got, by });
    };
    socket.setTimeout(silentMs, () => settle("silent"));
    socket.on("error", (error) => (connected ? settle("ended") : reject(error)));
    socket.on("connect", () => {
      connected = true;
      if (half) socket.end(first);
      else socket.write(first);
    });
    socket.on("data", (chunk: Buffer) => {
      got = got.length === 0 ? chunk : Buffer.concat([got, chunk]);
      if (read?.(got, socket)) settle("enough");
    });
    socket.on("end", () => settle("ended"));
    socket.on("close", () => settle("ended"));
  });
}

/** Longer than any deadline of the server's own. */
const silentMs = 20_000;

/** Does `count` things, some at a time, and no faster than `perSecond`. */
export async function repeat(
  { count, atOnce, perSecond = Infinity }: { count: number; atOnce: number; perSecond?: number },
  work: (index: number, worker: number) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  let next = 0;
  const run = async (worker: number): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const earlyMs = started + (index * 1000) / perSecond - performance.now();
      if (earlyMs > 1) await wait(earlyMs);
      await work(index, worker);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, worker) => run(worker)));
}
