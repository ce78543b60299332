/** How a connection to Redis is secured and authenticated. */
export interface RedisAccess {
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
}

/** Where a Redis or a Sentinel listens, and how to access it. IPv6 hosts have no brackets. */
export interface RedisAddress extends RedisAccess {
  readonly host: string;
  readonly port: number;
}
