import type {
  Backend,
  Body,
  CallLimits,
  ChannelListener,
  Channels,
  Holder,
} from "../../calls/ports/backend.ts";
import { BackendError } from "../../calls/ports/backend.ts";
import type { SignalKind } from "webrtc-signals-protocol";
import type { Reply } from "./node/client.ts";
import type { Argument } from "./node/script-runner.ts";
import type { Verb } from "./node/scripts.ts";
import { readAttach, readHolds, readJoin, readLeave, readPublish, readRenew, readResync } from "./replies.ts";
import type { Topology } from "./topology/topology.ts";

/** The operations on calls: each runs one script on the node that serves the call. */
export class RedisOperations implements Backend {
  readonly outlivesProcess = true;
  readonly #topology: Topology;
  /** Session → call: seats whose joiners never received their responses. */
  readonly #toRelease = new Map<string, string>();
  #isReleasing = false;

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  async join(
    call: string,
    session: string,
    introduction: Body,
    limits: CallLimits,
  ): ReturnType<Backend["join"]> {
    const { leaseMs, seatCount, logEntries, logBytes } = limits;
    try {
      const bounds = [text(leaseMs), text(seatCount), text(logEntries), text(logBytes)];
      const args = [session, ...bounds, asBuffer(introduction)];
      return readJoin(await this.#run("join", call, args));
    } catch (error) {
      if (error instanceof BackendError && error.code === "unknown") this.release(call, session);
      throw error;
    }
  }

  async publish(
    call: string,
    session: string,
    kind: SignalKind,
    body: Body,
    limits: CallLimits,
  ): ReturnType<Backend["publish"]> {
    const { leaseMs, logEntries, logBytes } = limits;
    const args = [session, text(leaseMs), text(logEntries), text(logBytes), kind, asBuffer(body)];
    return this.#requireCertainty(call, readPublish(await this.#run("publish", call, args)));
  }

  async attach(
    call: string,
    session: string,
    resumeAfter: number | undefined,
    limits: CallLimits,
  ): ReturnType<Backend["attach"]> {
    const args = [session, text(limits.leaseMs), resumeAfter === undefined ? "" : text(resumeAfter)];
    return this.#requireCertainty(call, readAttach(await this.#run("attach", call, args)));
  }

  async renew(
    call: string,
    session: string,
    holder: Holder,
    limits: CallLimits,
  ): ReturnType<Backend["renew"]> {
    const { leaseMs, seatCount, logEntries, logBytes } = limits;
    const { generation, seenAt, cursor, epoch, leaseEnd } = holder;
    const numbers = [leaseMs, seatCount, logEntries, logBytes, generation, seenAt, cursor, epoch, leaseEnd];
    return readRenew(await this.#run("renew", call, [session, ...numbers.map(text)]));
  }

  async holds(call: string, session: string): ReturnType<Backend["holds"]> {
    return this.#requireCertainty(call, readHolds(await this.#run("holds", call, [session])));
  }

  async leave(call: string, session: string): ReturnType<Backend["leave"]> {
    return readLeave(await this.#run("leave", call, [session]));
  }

  async resync(call: string, epoch: number, after: number): ReturnType<Backend["resync"]> {
    return readResync(await this.#run("resync", call, [text(epoch), text(after)]));
  }

  release(call: string, session: string): void {
    // Beyond this number, a seat becomes free when its lease ends.
    if (this.#toRelease.size < mostToRelease) this.#toRelease.set(session, call);
    if (this.#topology.nodeOf(call).isUp) void this.releaseAll();
  }

  /** Releases the seats that wait for it. One run at a time: it includes the seats that are added meanwhile. Never rejects. */
  async releaseAll(): Promise<void> {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    try {
      for (const [session, call] of this.#toRelease) {
        await this.leave(call, session);
        this.#toRelease.delete(session);
      }
    } catch {
      // The connection broke: the rest is released when the next one is up.
    }
    this.#isReleasing = false;
  }

  open(listener: ChannelListener): Channels {
    return this.#topology.openChannels(listener);
  }

  async reachable(): Promise<boolean> {
    const reachable = await Promise.all(this.#topology.nodes.map((node) => node.checkReachable()));
    return reachable.every(Boolean);
  }

  async close(): Promise<void> {
    await this.#topology.close();
  }

  async #run(verb: Verb, call: string, args: readonly Argument[]): Promise<Reply> {
    return this.#topology.nodeOf(call).run(verb, call, args);
  }

  /** Refuses to end a session right after Redis lost data: the holder of its websocket is about to renew the seat. */
  #requireCertainty<Result extends { readonly word: string }>(call: string, reply: Result): Result {
    if (reply.word === "gone" && this.#topology.nodeOf(call).mayLackSeats) throw new BackendError("unsent");
    return reply;
  }
}

/** The bound of the seats to release: some megabytes of names. */
const mostToRelease = 10_000;

function text(value: number): string {
  return String(value);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
