import type { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Ticket } from "../../wire/test-peer.ts";
import type { History } from "../history.ts";
import { asked } from "./asking.ts";

/** Somebody who keeps trying to join a call that should be full, and leaves at once when it was not. */
export class Stranger {
  #isOver = false;
  readonly #trying: Promise<void>;

  constructor(call: string, url: string, agent: Agent, history: History) {
    this.#trying = this.#try(call, url, agent, history);
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#trying;
  }

  async #try(call: string, url: string, agent: Agent, history: History): Promise<void> {
    for (let i = 0; !this.#isOver; i += 1) {
      const askedAt = performance.now();
      const { status, text } = await asked(agent, "POST", `${url}/call/${call}`);
      if (status === 200) {
        const ticket: Ticket = JSON.parse(text);
        const { session } = ticket;
        const client = `${call}.stranger-${i}`;
        history.add({ event: "joined", client, kind: "seed", call, session, askedAt });
        await asked(agent, "POST", `${url}/leave`, { ...ticket, kind: "LEAVE" });
      }
      await wait(150);
    }
  }
}
