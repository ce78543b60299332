import getPort from "get-port";

/**
 * The ports below the range from which systems assign ports by default (Linux from 32768, others from 49152). A free
 * port here stays free until the caller uses it, since a listener on port 0 or an outgoing connection never gets it.
 */
const range = { first: 10_000, count: 22_000 };

/** Parallel processes start at different ports. */
let next = (process.pid * 89) % range.count;

/** Returns a port of the loopback interface on which nothing listens, a different one for each call. */
export function freePort(): Promise<number> {
  return getPort({ host: "127.0.0.1", port: candidates() });
}

/** Throws after the last port, since get-port would continue with a port that the system assigns. */
function* candidates(): Generator<number> {
  for (let tries = 0; tries < range.count; tries += 1) {
    const port = range.first + next;
    next = (next + 1) % range.count;
    yield port;
  }
  throw new Error("no port is free");
}
