import { asked } from "../clients/asking.ts";
import type { RunOptions } from "../run-options.ts";
import type { Outcome } from "../under-load.ts";
import { Stage } from "./stage.ts";

const [racers, together] = [8, 6];

/** Eight race for the last seat, at two servers, 10,000 times; with `--times 1` a fifth of it. */
export function measureLastSeat({ times, say }: RunOptions): Promise<Outcome> {
  const rounds = 2000 * times;
  return Stage.use(async (stage) => {
    const flags = "--seat-count 1 --seat-timeout 5s --ws-ping-interval 1s --ws-read-timeout 3s".split(" ");
    const servers = [await stage.serve(...flags), await stage.serve(...flags)];
    let [next, wrong] = [0, 0];
    const race = async (): Promise<void> => {
      while (next < rounds) {
        const round = (next += 1);
        if (round % 2000 === 0) say(`last-seat ${round}/${rounds}`);
        const answers = await Promise.all(
          Array.from({ length: racers }, (_, i) =>
            asked(stage.agent, "POST", `${servers[(i + round) % 2]?.url}/call/race-${round}`),
          ),
        );
        const won = answers.filter(({ status }) => status === 200).length;
        const refused = answers.filter(({ status }) => status === 409).length;
        if (won !== 1 || refused !== racers - 1) wrong += 1;
      }
    };
    await Promise.all(Array.from({ length: together }, race));
    const row = "last-seat";
    return {
      figures: [
        { row, name: "rounds", unit: "", samples: [rounds] },
        { row, name: "rounds without exactly one winner", unit: "", samples: [wrong], most: 0 },
      ],
      words: [],
    };
  });
}
