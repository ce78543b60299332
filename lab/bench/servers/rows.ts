import { fileURLToPath } from "node:url";
import type { DialectName } from "../load/dialects.ts";

/** A server that is measured. */
export interface ServerRow {
  /** Its name in tables. */
  readonly name: string;
  readonly dialect: DialectName;
  /** Whether it gets a redis-server of its own. */
  readonly onRedis: boolean;
  /** What `node` is started with. */
  readonly args: (given: Given) => readonly string[];
  /** More environment, where a server takes its port from there. */
  readonly env?: (given: Given) => NodeJS.ProcessEnv;
  /** What sets it apart from ours, for the report. */
  readonly does: string;
}

/** What a server is started with. */
export interface Given {
  /** More flags for the service. */
  readonly flags: readonly string[];
  readonly redisPort: number;
  /** A free port, for servers that can't choose one by themselves. */
  readonly ownPort: number;
}

/** The service as it is published: `npm run bench` builds it first. */
const builtService = fileURLToPath(
  new URL("../../../packages/server/dist/commands/main.js", import.meta.url),
);

const ours = {
  dialect: "signals",
  onRedis: true,
  args: ({ flags, redisPort }: Given) => [
    builtService,
    "--addr",
    "127.0.0.1:0",
    "--healthz-addr",
    "127.0.0.1:0",
    "--redis-addr",
    `127.0.0.1:${redisPort}`,
    "--max-connections",
    "1000000",
    ...flags,
  ],
} as const;

/** All of them, in the order of the tables. */
export const servers = {
  ours: {
    ...ours,
    name: "signals",
    does: "signals are posted, checked, ordered, logged for who is away, and answered; on Redis",
  },
  oursAgain: {
    ...ours,
    name: "signals again",
    does: "the same once more: what they differ by is the spread",
  },
  floor: {
    name: "floor",
    dialect: "floor",
    onRedis: true,
    args: ({ redisPort }) => [fileOf("floor-server.ts"), String(redisPort)],
    does: "a bare POST, script call, received publish and send; no rule, no log",
  },
  socketIo: {
    name: "socket.io + Redis adapter",
    dialect: "socketIo",
    onRedis: true,
    args: ({ redisPort }) => [fileOf("socket-io-server.ts"), String(redisPort)],
    does: "signals are said on the sender's websocket, not answered, not kept; published on Redis",
  },
  peerJs: {
    name: "PeerJS server",
    dialect: "peerJs",
    onRedis: false,
    args: ({ ownPort }) => [fileOf("peer-server.ts"), String(ownPort)],
    does: "signals are said on the sender's websocket, not answered; one process, no Redis",
  },
  yWebrtc: {
    name: "y-webrtc server",
    dialect: "yWebrtc",
    onRedis: false,
    args: () => [fileURLToPath(new URL("../bin/server.js", import.meta.resolve("y-webrtc")))],
    env: ({ ownPort }) => ({ PORT: String(ownPort) }),
    does: "signals are said on the sender's websocket, not answered, not kept; one process, no Redis",
  },
} satisfies Record<string, ServerRow>;

export type ServerName = keyof typeof servers;

export const serverNames: readonly ServerName[] = Object.keys(servers).filter(isServerName);

export function isServerName(name: string): name is ServerName {
  return Object.hasOwn(servers, name);
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
