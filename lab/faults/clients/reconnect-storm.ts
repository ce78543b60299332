import type { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import { backoffMs } from "../../../packages/client/src/wait.ts";
import type { Ticket } from "../../wire/test-peer.ts";
import { asked } from "./asking.ts";

interface Member {
  readonly ticket: Ticket;
  socket: WebSocket | undefined;
  isAttached: boolean;
  attachedAt: number;
}

/** Very many clients that do nothing but hold their seats, and come back to them as the SDK does: cheap. */
export class ReconnectStorm {
  /** Seats that a server said are gone. */
  seatsLost = 0;
  /** Where its clients connect: in turn, the next one after a failure. */
  urls: readonly string[];
  readonly #members: Member[] = [];
  #turn = 0;
  #isOver = false;

  private constructor(urls: readonly string[]) {
    this.urls = urls;
  }

  /** Joins two to a call, a hundred at once, and attaches them all. */
  static async gather(size: number, urls: readonly string[], agent: Agent): Promise<ReconnectStorm> {
    const storm = new ReconnectStorm(urls);
    let next = 0;
    const joinSome = async (): Promise<void> => {
      while (next < size) {
        const number = (next += 1);
        const { status, text } = await asked(agent, "POST", `${storm.#url()}/call/storm-${number >> 1}`);
        if (status !== 200) throw new Error(`a join of the storm was answered ${status} ${text}`);
        const member: Member = {
          ticket: JSON.parse(text),
          socket: undefined,
          isAttached: false,
          attachedAt: 0,
        };
        storm.#members.push(member);
        void storm.#keep(member);
      }
    };
    await Promise.all(Array.from({ length: 100 }, joinSome));
    await storm.untilAttached(1, 0);
    return storm;
  }

  /** Resolves when this share of it is attached, by websockets welcomed since then; answers how long since, in ms. */
  async untilAttached(share: number, since = performance.now(), withinMs = 60_000): Promise<number> {
    const start = performance.now();
    const isBack = ({ isAttached, attachedAt }: Member): boolean => isAttached && attachedAt >= since;
    while (this.#members.filter(isBack).length < share * this.#members.length) {
      if (performance.now() - start > withinMs) return Infinity;
      await wait(20);
    }
    return performance.now() - since;
  }

  /** Breaks all its connections at once. */
  cut(): void {
    for (const { socket } of this.#members) socket?.terminate();
  }

  close(): void {
    this.#isOver = true;
    this.cut();
  }

  #url(): string {
    return this.urls[(this.#turn += 1) % this.urls.length] ?? "";
  }

  async #keep(member: Member): Promise<void> {
    for (let attempt = 0; !this.#isOver; attempt += 1) {
      const { code, welcome } = await this.#attach(member);
      if (code === 4409) {
        this.seatsLost += 1;
        return;
      }
      if (welcome) attempt = 0;
      await wait(backoffMs(attempt));
    }
  }

  #attach(member: Member): Promise<{ code: number; welcome: boolean }> {
    const socket = new WebSocket(`${this.#url().replace(/^http/, "ws")}/ws`, { perMessageDeflate: false });
    member.socket = socket;
    let welcome = false;
    socket.on("error", () => {});
    socket.on("open", () => socket.send(JSON.stringify(member.ticket)));
    socket.once("message", () => {
      welcome = true;
      member.isAttached = true;
      member.attachedAt = performance.now();
    });
    return new Promise((resolve) => {
      socket.on("close", (code) => {
        member.isAttached = false;
        resolve({ code, welcome });
      });
    });
  }
}
