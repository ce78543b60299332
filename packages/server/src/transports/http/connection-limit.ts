import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import type { Reporter } from "../../calls/ports/telemetry.ts";

/** Connections above the limit that are accepted so that their requests can be refused. Further ones are dropped. */
export const spareConnections = 32;

/**
 * Counts a server's connections, and reports those that Node drops. `isSurplus` returns whether a request came on a
 * connection above `maxConnections`, `count` the number of open connections.
 */
export function limitConnections(
  server: Server,
  maxConnections: number,
  report: Reporter,
): { readonly isSurplus: (request: IncomingMessage) => boolean; readonly count: () => number } {
  const surplus = new WeakSet<Socket>();
  let open = 0;
  const onClose = (): void => {
    open -= 1;
  };
  server.on("connection", (socket: Socket) => {
    open += 1;
    if (open > maxConnections) surplus.add(socket);
    socket.on("close", onClose);
  });
  server.on("drop", countDropped(report));
  return { isSurplus: (request) => surplus.has(request.socket), count: () => open };
}

/** Reports dropped connections once per interval, because a process that drops thousands can't log each of them. */
function countDropped(report: Reporter): () => void {
  let count = 0;
  const reportCount = (): void => {
    report({ event: "dropped connections", count });
    count = 0;
  };
  return () => {
    count += 1;
    if (count === 1) setTimeout(reportCount, dropReportIntervalMs).unref();
  };
}

const dropReportIntervalMs = 1000;
