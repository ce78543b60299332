import { once } from "node:events";
import type { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { asked } from "../clients/asking.ts";
import type { RunOptions } from "../run-options.ts";
import type { Outcome } from "../under-load.ts";
import { TestPeer, type Ticket } from "../../wire/test-peer.ts";
import { Stage } from "./stage.ts";

const [leaseMs, clients] = [5000, 200];

/** 200 clients die, each at its own moment: when is the only seat of its call free again? */
export function measureSeatFreed({ say }: RunOptions): Promise<Outcome> {
  return Stage.use(async (stage) => {
    const flags = ["--seat-count", "1", "--seat-timeout", `${leaseMs}ms`, "--ws-ping-interval", "1s"];
    const { url } = await stage.serve(...flags, "--ws-read-timeout", "3s");
    const other = await stage.serve(...flags, "--ws-read-timeout", "3s");
    let freed = 0;
    const samples = await Promise.all(
      Array.from({ length: clients }, async (_, i) => {
        await wait(i * 40);
        const after = await freedAfter(url, other.url, `dies-${i}`, stage.agent);
        if ((freed += 1) % 50 === 0) say(`seat-freed ${freed}/${clients}`);
        return after;
      }),
    );
    const row = "seat-freed";
    const figures = [
      { row, name: "dead client's seat free, after its lease", unit: "ms", samples, most: 500 },
      // A pong counts from when it may have come at the earliest, a little before the client sent it by its own clock.
      { row, name: "the same, at the earliest", unit: "ms", samples: [Math.min(...samples)], least: -100 },
    ] as const;
    return { figures, words: [] };
  });
}

/** How long after the lease that its last pong, or handshake, began the seat was somebody else's, in ms. */
async function freedAfter(url: string, other: string, call: string, agent: Agent): Promise<number> {
  const ticket: Ticket = JSON.parse((await asked(agent, "POST", `${url}/call/${call}`)).text);
  let proven = performance.now();
  const peer = new TestPeer(url);
  peer.socket.on("ping", () => (proven = performance.now()));
  await once(peer.socket, "open");
  proven = performance.now();
  peer.socket.send(JSON.stringify(ticket));
  await peer.next();
  await wait(1500 + Math.random() * 1000);
  // A pong that was only just written may be lost with its connection.
  while (performance.now() - proven < 100) await wait(20);
  peer.vanish();
  await wait(proven + leaseMs - 200 - performance.now());
  while ((await asked(agent, "POST", `${other}/call/${call}`)).status !== 200) await wait(15);
  return performance.now() - proven - leaseMs;
}
