import { isIP } from "node:net";
import { createClient, RESP_TYPES } from "@redis/client";
import type { RedisAddress } from "./address.ts";

/** A client for one connection: it connects once, queues nothing while it is down, and sends nothing twice. */
export type RedisClient = ReturnType<typeof makeClient>;

/** The reply to a command. Strings are bytes, because most are only passed on. */
export type Reply = Buffer | number | null | readonly Reply[];

export function makeClient({ host, port, tls, username, password, database }: RedisAddress) {
  return createClient({
    socket: {
      host,
      port,
      // A certificate may name an IP address, but the TLS extension for server names may not (RFC 6066, section 3).
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
    // Otherwise the library creates a timer per command. Connection has one watchdog for all.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });
}
