import { refuse, say } from "./page.ts";
import type { Answer, Ask, Health } from "./page.ts";

/** Probes commonly wait 1 s and more; a backend that needs longer to answer can't serve a join in time either. */
const reachableBoundMs = 1000;

/**
 * `/livez`: 200 whenever the process turns. It never asks the backend, since restarting this process would not
 * bring the backend back.
 */
export function answerLive(): Answer {
  return say("ok");
}

/**
 * `/readyz` and `/healthz`: 200 when new peers may be sent here, else 503 with the reason. Draining is looked at
 * first: it needs no round trip, and it stays true whatever the backend says.
 */
export async function answerReady({ health }: Ask): Promise<Answer> {
  if (health.draining()) return refuse("draining");
  return (await isReachable(health)) ? say("ok") : refuse("backend unreachable");
}

async function isReachable(health: Health): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(late.resolve, reachableBoundMs, false);
  try {
    return await Promise.race([health.reachable(), late.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
