/** A generator process: does one order after the other, as its parent sends them, and answers what came of each. */
import { inspect } from "node:util";
import { bodyOf } from "./body.ts";
import { dialects } from "./dialects.ts";
import { Line } from "./line.ts";
import { loopAsync } from "./loop.ts";
import { type Answer, type Order, type Outcome, type Share, shareOf, type Until } from "./orders.ts";
import { join } from "./plays/join.ts";
import { pace } from "./plays/pace.ts";
import { relay } from "./plays/relay.ts";
import { setUp } from "./plays/set-up.ts";
import { Seats } from "./seats.ts";
import { Visitor } from "./visitor.ts";

type Visit = Extract<Order, { play: "visit" }>;
type Play = Exclude<Order, Visit>;

/** What this process has at its server. */
interface Stage {
  readonly visitor: Visitor;
  readonly lines: Line[];
  readonly seats: Seats;
}

let stage: Stage | undefined;

process.on("message", ({ order, share }: { order: Order; share: Share }) => void answer(order, share));
process.on("disconnect", () => process.exit());

async function answer(order: Order, share: Share): Promise<void> {
  let said: Answer;
  try {
    said = { outcome: order.play === "visit" ? visit(order, share) : await played(order, share) };
  } catch (error) {
    said = { failed: inspect(error) };
  }
  process.send?.(said);
}

function visit({ dialect, port, slots }: Visit, share: Share): Outcome {
  const visitor = new Visitor(dialects[dialect], port, shareOf(slots, share));
  visitor.failed.catch(() => {});
  stage = { visitor, lines: [], seats: new Seats(visitor) };
  return nothing;
}

async function played(order: Play, share: Share): Promise<Outcome> {
  if (stage === undefined) throw new Error("visit a server first");
  return Promise.race([play(order, share, stage), stage.visitor.failed]);
}

async function play(order: Play, share: Share, { visitor, lines, seats }: Stage): Promise<Outcome> {
  const mine = (total: number): number => shareOf(total, share);
  const until = (all: Until): Until => ("ms" in all ? all : { ops: mine(all.ops) });
  switch (order.play) {
    case "open lines":
      return loopAsync(16, { ops: mine(order.lines) }, visitor, async () => {
        lines.push(await Line.open(visitor));
      });
    case "relay":
      for (const line of lines) line.prepare(bodyOf(order.bodyBytes));
      return relay(lines, mine(order.slots), until(order.until));
    case "pace":
      for (const line of lines) line.prepare(bodyOf(order.bodyBytes));
      return pace(lines, order.perSecond / share.of, mine(order.ops));
    case "join":
      return join(visitor, mine(order.slots), until(order.until));
    case "set up":
      return setUp(visitor, mine(order.slots), until(order.until));
    case "seat":
      return seats.join(mine(order.peers), mine(order.slots));
    case "attach":
      return seats.attach(mine(order.slots));
    case "detach":
      return seats.detach();
    case "storm":
      return seats.storm(mine(order.slots));
  }
}

const nothing: Outcome = { ops: 0, elapsedMs: 0, latenciesMs: [] };
