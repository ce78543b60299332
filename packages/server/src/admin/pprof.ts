import { setTimeout as sleep } from "node:timers/promises";
import { type PageRequest, type PageResponse, refuse } from "./page.ts";
import { loadProfiler, type Profiler } from "./profiler.ts";

/** Go's default, which `go tool pprof` expects when its request has no length. */
const defaultSeconds = 30;
/** How long one request may occupy the profiler, while others are refused. */
const maxSeconds = 300;

/**
 * `/debug/pprof/profile?seconds=N`: the activity of the JavaScript thread in the next N seconds, without idle time, as
 * gzip'd pprof. V8 has one CPU profiler for the whole process, so a second request at the same time is refused with 409.
 */
export async function cpuProfileResponse(request: PageRequest): Promise<PageResponse> {
  const seconds = parseSeconds(request.query.get("seconds"));
  if (seconds === undefined) {
    return refuse("bad seconds", `a whole number from 1 to ${maxSeconds} is needed, as in ?seconds=5`);
  }
  const profiler = await loadProfiler();
  if (typeof profiler === "string") return refuse("profiler unavailable", profiler);
  if (request.headOnly) return profileFile("profile.pb.gz");
  return recordCpuProfile(profiler, seconds * 1000, request.gone);
}

/** `/debug/pprof/heap`: the objects on the heap, by the place of their allocation, as gzip'd pprof. */
export async function heapProfileResponse(request: PageRequest): Promise<PageResponse> {
  const profiler = await loadProfiler();
  if (typeof profiler === "string") return refuse("profiler unavailable", profiler);
  if (request.headOnly) return profileFile("heap.pb.gz");
  return profileFile("heap.pb.gz", await profiler.encode(profiler.heap.profile()));
}

async function recordCpuProfile(
  profiler: Profiler,
  durationMs: number,
  gone: AbortSignal,
): Promise<PageResponse> {
  if (profiler.time.isStarted()) {
    return refuse(
      "profile running",
      "a process takes one CPU profile at a time, ask again when it has ended",
    );
  }
  profiler.time.start({ durationMillis: durationMs });
  const whole = await sleep(durationMs, true, { signal: gone }).catch(() => false);
  const profile = profiler.time.stop();
  return whole
    ? profileFile("profile.pb.gz", await profiler.encode(profile))
    : refuse("closing", "the profile was stopped before its end");
}

function parseSeconds(value: string | null): number | undefined {
  if (value === null) return defaultSeconds;
  const seconds = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  return seconds >= 1 && seconds <= maxSeconds ? seconds : undefined;
}

/** Not `Content-Encoding: gzip`: pprof's format is the gzip'd file, and a client would unpack it. */
function profileFile(name: string, body?: Uint8Array): PageResponse {
  const headers = [
    "Content-Type",
    "application/octet-stream",
    "Content-Disposition",
    `attachment; filename="${name}"`,
  ];
  return body === undefined ? { status: 200, headers } : { status: 200, headers, body };
}
