import { setTimeout as sleep } from "node:timers/promises";
import { refuse } from "./page.ts";
import type { Answer, Ask } from "./page.ts";
import { loadProfiler } from "./profiler.ts";
import type { Profiler } from "./profiler.ts";

/** Go's default, which `go tool pprof` expects when it names no length. */
const defaultSeconds = 30;
/** Bounds how long one request can keep the profiler, and with it every other one, to itself. */
const maxSeconds = 300;

/**
 * `/debug/pprof/profile?seconds=N`: what the JavaScript thread does in the next N seconds, idle time left out, as
 * gzip'd pprof. V8's one CPU profiler serves the whole process, so a second request meanwhile is answered 409.
 */
export async function answerCpuProfile(ask: Ask): Promise<Answer> {
  const seconds = parseSeconds(ask.query.get("seconds"));
  if (seconds === undefined) {
    return refuse("bad seconds", `a whole number from 1 to ${maxSeconds} is needed, as in ?seconds=5`);
  }
  const profiler = await loadProfiler();
  if (typeof profiler === "string") return refuse("profiler unavailable", profiler);
  if (ask.headOnly) return profileFile("profile.pb.gz");
  return recordCpuProfile(profiler, seconds * 1000, ask.gone);
}

/** `/debug/pprof/heap`: what lives on the heap now, by where it was allocated, as gzip'd pprof. */
export async function answerHeapProfile(ask: Ask): Promise<Answer> {
  const profiler = await loadProfiler();
  if (typeof profiler === "string") return refuse("profiler unavailable", profiler);
  if (ask.headOnly) return profileFile("heap.pb.gz");
  return profileFile("heap.pb.gz", await profiler.encode(profiler.heap.profile()));
}

async function recordCpuProfile(profiler: Profiler, durationMs: number, gone: AbortSignal): Promise<Answer> {
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
function profileFile(name: string, body?: Uint8Array): Answer {
  const headers = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename="${name}"`,
  };
  return body === undefined ? { status: 200, headers } : { status: 200, headers, body };
}
