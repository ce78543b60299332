import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { asked } from "../clients/asking.ts";
import type { Figure } from "../figures.ts";
import type { RunOptions } from "../run-options.ts";
import type { Outcome } from "../under-load.ts";
import { Stage } from "./stage.ts";

const leaseMs = 2000;
const program = fileURLToPath(new URL("counted-server.ts", import.meta.url));

interface Held {
  readonly timers: number;
  readonly descriptors: number;
}

/** 4,000 connects and disconnects for each of `times`, at two servers: what is left of them after two leases? */
export function measureChurn({ times, say }: RunOptions): Promise<Outcome> {
  const rounds = 4000 * times;
  return Stage.use(async (stage) => {
    const children = [start(stage.redis.addr), start(stage.redis.addr)];
    try {
      const urls = await Promise.all(
        children.map(async (child) => (await answerOf<{ url: string }>(child)).url),
      );
      // The first ones leave behind what is made once: caches, pools.
      await churn(400, urls, "warm", stage);
      await wait(2 * leaseMs);
      const before = await Promise.all(children.map(heldBy));
      await churn(rounds, urls, "cold", stage, (gone) => say(`churn ${gone}/${rounds}`));
      await wait(2 * leaseMs + 500);
      const after = await Promise.all(children.map(heldBy));
      const keys = await stage.redis.command<number>("DBSIZE");
      const channels = (await stage.redis.command<string[]>("PUBSUB", "CHANNELS")).length;
      const more = (what: keyof Held): number =>
        after.reduce((sum, held, i) => sum + Math.max(0, held[what] - (before[i]?.[what] ?? 0)), 0);
      const figure = (name: string, count: number, most?: number): Figure => {
        const told = { row: "churn", name, unit: "", samples: [count] } as const;
        return most === undefined ? told : { ...told, most };
      };
      const figures = [
        figure("connects and disconnects", rounds),
        figure("keys left", keys, 0),
        figure("subscriptions left", channels, 0),
        figure("timers left", more("timers"), 0),
        figure("descriptors left", more("descriptors"), 0),
      ];
      return { figures, words: [] };
    } finally {
      for (const child of children) child.kill("SIGKILL");
    }
  });
}

function start(redisAddr: string): ChildProcess {
  return fork(program, [redisAddr, `${leaseMs}ms`], { execArgv: ["--disable-warning=ExperimentalWarning"] });
}

async function heldBy(child: ChildProcess): Promise<Held> {
  child.send("count");
  return answerOf<Held>(child);
}

async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const [answer]: Answer[] = await once(child, "message");
  if (answer === undefined) throw new Error("the server said nothing");
  return answer;
}

/** Clients that join, attach, and are gone, fifty at once. */
async function churn(
  count: number,
  urls: readonly string[],
  name: string,
  { agent }: Stage,
  tell: (begun: number) => void = () => {},
): Promise<void> {
  let next = 0;
  const come = async (): Promise<void> => {
    while (next < count) {
      const number = (next += 1);
      if (number % 4000 === 0) tell(number);
      const url = urls[number % urls.length] ?? "";
      const { status, text } = await asked(agent, "POST", `${url}/call/${name}-${number >> 1}`);
      if (status !== 200) throw new Error(`a join answered ${status} ${text}`);
      const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, { perMessageDeflate: false });
      socket.on("open", () => socket.send(text));
      await once(socket, "message");
      // Every other one goes without a word.
      if (number % 4 < 2) socket.terminate();
      else socket.close();
      await once(socket, "close");
    }
  };
  await Promise.all(Array.from({ length: 50 }, come));
  // What is kept open for the next request is no leftover of a client.
  agent.destroy();
}
