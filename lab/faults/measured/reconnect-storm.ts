import { ReconnectStorm } from "../clients/reconnect-storm.ts";
import type { Figure } from "../figures.ts";
import type { RunOptions } from "../run-options.ts";
import type { Outcome } from "../under-load.ts";
import { Stage } from "./stage.ts";

const size = 2000;

/** 2,000 websockets on a lease of 30 s: all cut at once, then all on one server that is killed. */
export function measureReconnectStorm({ times, say }: RunOptions): Promise<Outcome> {
  return Stage.use(async (stage) => {
    const servers = [await stage.serve(), await stage.serve()];
    const storm = await ReconnectStorm.gather(
      size,
      servers.map(({ url }) => url),
      stage.agent,
    );
    const [cut, killed, all]: number[][] = [[], [], []];
    try {
      for (let round = 0; round < times; round += 1) {
        const cutAt = performance.now();
        storm.cut();
        cut?.push(await storm.untilAttached(0.99, cutAt));
        await storm.untilAttached(1, cutAt);
        // All on one, which is killed; the rest is there, and one more comes.
        const [victim, ...rest] = servers;
        if (victim === undefined) throw new Error("no server");
        storm.urls = [victim.url];
        const movedAt = performance.now();
        storm.cut();
        await storm.untilAttached(1, movedAt);
        servers.splice(0, 1);
        const fresh = await stage.serve();
        servers.push(fresh);
        storm.urls = [...rest, fresh].map(({ url }) => url);
        const from = performance.now();
        await victim.end("SIGKILL");
        killed?.push(await storm.untilAttached(0.99, from));
        all?.push(await storm.untilAttached(1, from));
        say(
          `reconnect-storm ${round + 1}/${times}: all back after ${Math.round(performance.now() - from)} ms`,
        );
      }
      return { figures: figuresOf(cut ?? [], killed ?? [], all ?? [], storm.seatsLost), words: [] };
    } finally {
      storm.close();
    }
  });
}

function figuresOf(cut: number[], killed: number[], all: number[], seatsLost: number): Figure[] {
  const row = "reconnect-storm";
  return [
    { row, name: "2,000 cut at once → 99% attached again", unit: "ms", samples: cut, most: 10_000 },
    { row, name: "server of 2,000 killed → 99% attached again", unit: "ms", samples: killed, most: 10_000 },
    { row, name: "server of 2,000 killed → all attached again", unit: "ms", samples: all },
    { row, name: "seats lost", unit: "", samples: [seatsLost], most: 0 },
  ];
}
