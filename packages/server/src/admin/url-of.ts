import { hostAndPort } from "../host-port.ts";

/** Where a server that listens on `host` is reached: `localhost` when it listens on every interface. */
export function urlOf(host: string | undefined, port: number): string {
  if (host === undefined || ["", "0.0.0.0", "::"].includes(host)) return `http://localhost:${port}`;
  return `http://${hostAndPort(host, port)}`;
}
