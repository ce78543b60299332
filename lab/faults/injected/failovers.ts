import { setTimeout as wait } from "node:timers/promises";
import type { RedisServer } from "../../wire/redis.ts";
import { groupName, type SentinelGroup } from "../../wire/sentinel.ts";
import type { Fault, Note } from "../fault.ts";
import { leaseMs, probeMs } from "../node.ts";
import { silenceOf } from "../silence.ts";
import type { World } from "../world.ts";

/** How a master is lost. */
interface Failover extends Pick<Fault, "name" | "does"> {
  /** Whether it may answer while its successor does. */
  readonly divides: boolean;
  readonly lose: (former: RedisServer, group: SentinelGroup) => Promise<unknown>;
  /** What makes a replica of it, if not the Sentinels alone. */
  readonly bringBack?: (former: RedisServer, master: RedisServer) => Promise<void>;
}

const rows: readonly Failover[] = [
  {
    name: "failover-killed",
    does: "the master is killed, and comes back as the replica of the new one",
    divides: false,
    lose: (former) => former.stop("SIGKILL"),
    bringBack: (former, { port }) => former.start("--replicaof", "127.0.0.1", String(port)),
  },
  {
    name: "failover-stopped",
    does: "the master stands still until its replica is the master, and goes on",
    divides: true,
    lose: async (former, group) => {
      former.pause();
      await group.successorOf(former);
      former.resume();
    },
  },
  {
    name: "failover-asked",
    does: "a Sentinel is asked for a failover while the master answers",
    divides: true,
    lose: async (_, { sentinels: [sentinel] }) => sentinel?.command("SENTINEL", "FAILOVER", groupName),
  },
];

/** What goes wrong with a master that has a replica: Sentinels (down-after 500 ms) make that one the master. */
export const failovers: readonly Fault[] = rows.map((row) => ({
  name: row.name,
  does: row.does,
  divides: row.divides,
  // A lease that outlasts a failover, and calls on which much is said meanwhile.
  options: { sentinels: true, seatTimeoutMs: 3 * leaseMs, everyMs: 50 },
  closes: [4410],
  mustClose: [4410],
  refuses: true,
  losesData: true,
  inject: (world, note) => failOver(world, note, row),
}));

/** Ends when the replica serves all, and the former master is a replica that could follow in its turn. */
async function failOver(world: World, note: Note, { lose, divides, bringBack }: Failover): Promise<void> {
  const { group, history } = world;
  const former = await group.master();
  const since = performance.now();
  await lose(former, group);
  const master = await group.successorOf(former);
  await group.untilRole(master, "master");
  note("new master named → all serving", await world.untilServing(), 2000, "ms");
  // A former master that answers is left within two probes.
  await wait(2 * probeMs);
  if (divides) history.add({ event: "divided", since });
  note("nothing answered 200 for", silenceOf(history.entries, since, performance.now()), undefined, "ms");
  // The 4410s are spread over two seconds.
  await wait(leaseMs / 5);
  await bringBack?.(former, master);
  await group.untilReady();
}
