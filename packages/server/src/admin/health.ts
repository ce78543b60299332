import { type Health, type PageRequest, type PageResponse, refuse, respondWithLine } from "./page.ts";

/** Probes commonly wait at least 1 s. A backend that needs longer can't serve a join in time either. */
const reachableTimeoutMs = 1000;

/**
 * `/livez`: 200 while the process runs. It does not depend on the backend, since a restart of this process would not
 * repair the backend.
 */
export function liveResponse(): PageResponse {
  return respondWithLine("ok");
}

/**
 * `/readyz` and `/healthz`: 200 when new peers may be sent here, else 503 with the reason. Draining is checked first:
 * it needs no round trip, and the result is the same whether or not the backend responds.
 */
export async function readyResponse({ health }: PageRequest): Promise<PageResponse> {
  if (health.draining()) return refuse("draining");
  return (await isReachable(health)) ? respondWithLine("ok") : refuse("backend unreachable");
}

async function isReachable(health: Health): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(late.resolve, reachableTimeoutMs, false);
  try {
    return await Promise.race([health.reachable(), late.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
