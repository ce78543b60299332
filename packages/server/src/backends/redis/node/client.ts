import { isIP } from "node:net";
import { createClient, RESP_TYPES } from "@redis/client";

/** How Redis is spoken to, and who we are to it. */
export interface RedisAccess {
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** Where a Redis, or a Sentinel, is too. */
export interface RedisAddress extends RedisAccess {
  readonly host: string;
  readonly port: number;
}

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
