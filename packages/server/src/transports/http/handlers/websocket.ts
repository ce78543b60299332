import type { Exchange } from "../exchange.ts";

/** `GET /ws`, in all but `Connection: Upgrade`. With it, the connection is upgraded and no handler is called. */
export function refuseMissingUpgrade({ reply }: Exchange): void {
  const detail = "send Connection: Upgrade; a proxy in between must pass it on";
  reply.refuse({ code: "no_upgrade", detail, headers: ["Sec-WebSocket-Version", "13"] });
}
