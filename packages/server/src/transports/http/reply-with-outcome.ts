import type { Outcome } from "../../calls/ports/ask-backend.ts";
import type { Reply } from "./reply.ts";

/** Responds with the outcome of an operation. `advice` is for a client whose session has no seat. */
export function replyWithOutcome(reply: Reply, { word }: Outcome, advice = "join anew"): void {
  if (word === "ok") return reply.ok();
  if (word !== "gone") return refuseUndecided(reply, word);
  const detail = `the session never held a seat on this call, left, or expired; ${advice}`;
  reply.refuse({ code: "gone", detail });
}

/** Refuses because the backend did not respond. */
export function refuseUndecided(reply: Reply, code: "away" | "unknown"): void {
  reply.refuse({ code, detail: undecidedDetails[code] });
}

const undecidedDetails = {
  away: "nothing was decided; try again soon",
  unknown:
    "it may have been done all the same; where doing it twice does harm, ask your peers before you try again",
};
