import type { CallFeeds } from "../../calls/feed/call-feeds.ts";
import type { BackendTime } from "../../calls/backend-time.ts";
import type { CallContext } from "../../calls/call-context.ts";
import type { Receiver, CallFeed } from "../../calls/feed/call-feed.ts";
import type { Presence, PresenceEvent, PresenceOptions } from "../../calls/presence/presence-state.ts";
import type { EventFrames } from "../frames.ts";
import type { Wheel, WheelEntry } from "./wheel.ts";

/** A websocket, as everything around it sees it. */
export interface Attaching extends Receiver, WheelEntry {
  readonly call: string;
  readonly session: string;
  readonly phase: Presence["phase"];
  /** The inbox of its call, from its handshake to its close. */
  callFeed: CallFeed | undefined;
  /** Takes one event through the presence machine and does what comes of it. */
  drive(event: PresenceEvent): void;
  /** Cuts the connection. */
  terminate(): void;
  once(event: "close", listener: () => void): unknown;
}

/** What all websockets of a process share. */
export interface AttachContext extends CallContext {
  readonly callFeeds: CallFeeds;
  readonly backendTime: BackendTime;
  readonly presenceOptions: PresenceOptions;
  readonly wheel: Wheel<Attaching>;
  readonly frames: EventFrames;
  readonly sockets: Set<Attaching>;
  /** What may wait for a slow client, in bytes, before it is closed. */
  readonly sendBufferBytes: number;
  /** How long an open websocket may take for its handshake. */
  readonly joinTimeoutMs: number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
}
