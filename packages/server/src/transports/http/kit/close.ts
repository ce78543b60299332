import { once } from "node:events";
import type { Server } from "node:http";

/** Stops listening, lets open requests finish, and destroys the connections that remain after `graceMs`. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // Node closes the connections that are idle now, but not those that become idle later.
  const idle = setInterval(() => server.closeIdleConnections(), idleCheckMs);
  const grace = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(grace);
}

/** Interval between checks for idle connections while the server closes, in milliseconds. */
const idleCheckMs = 20;
