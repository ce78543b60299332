import { isIP } from "node:net";
import { createClient, RESP_TYPES } from "@redis/client";
import type { RedisAddress } from "./address.ts";

/** A client for one connection: it connects once, queues nothing while away, and sends nothing twice. */
export type RedisClient = ReturnType<typeof makeClient>;

/** What Redis answers to a command: strings come as bytes, since most are only passed on. */
export type Reply = Buffer | number | null | readonly Reply[];

export function makeClient({ host, port, tls, username, password, database }: RedisAddress) {
  return createClient({
    socket: {
      host,
      port,
      // A certificate may name an IP address, but the TLS extension that asks for a name may not (RFC 6066).
      ...(tls ? { tls: true, ...(isIP(host) ? {} : { servername: host }) } : {}),
      connectTimeout: 1000,
      reconnectStrategy: false,
    },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    database,
    RESP: 3,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
    // Anything else makes a timer for every command; one watchdog does for all.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}
