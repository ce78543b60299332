import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the range that systems hand out unless told otherwise (Linux from 32768, others from 49152): what is free there
 * stays free until whoever asked takes it, since neither a listener on port 0 nor a connection that goes out gets it.
 */
const range = { first: 10_000, count: 22_000 };

/** Processes that run beside each other begin at different places. */
let next = (process.pid * 89) % range.count;

/** A port of loopback that nobody listens on; each time another. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < range.count; tries += 1) {
    const port = range.first + next;
    next = (next + 1) % range.count;
    if (await isFree(port)) return port;
  }
  throw new Error("no port is free");
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
