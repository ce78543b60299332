import type { Dialect } from "./dialect.ts";
import { floor } from "./dialects/floor.ts";
import { peerJs } from "./dialects/peer-js.ts";
import { signals } from "./dialects/signals.ts";
import { socketIo } from "./dialects/socket-io.ts";
import { yWebrtc } from "./dialects/y-webrtc.ts";

/** Every dialect, by the name under which a generator process is told of it. */
export const dialects = { signals, floor, socketIo, peerJs, yWebrtc } satisfies Record<string, Dialect>;

export type DialectName = keyof typeof dialects;
