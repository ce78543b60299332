import { loop } from "../loop.ts";
import type { Outcome, Until } from "../orders.ts";
import type { Visitor } from "../visitor.ts";

/** Joins calls of two: every other join begins one, and the next one fills it. */
export function join(visitor: Visitor, slots: number, until: Until): Promise<Outcome> {
  const { dialect } = visitor;
  if (dialect.join === undefined) throw new Error("this dialect has no joins");
  const request = dialect.join;
  let open: string | undefined;
  return loop(slots, until, (done) => {
    const call = open ?? visitor.newName();
    open = open === undefined ? call : undefined;
    visitor.post(request(call), done);
  });
}
