/** The native profiler, an optional peer dependency: it has no build for every platform and Node. */
export type Profiler = typeof import("@datadog/pprof");

/** Go's default: one sample for every 512 KiB allocated, on average. */
const heapIntervalBytes = 512 * 1024;
const heapStackDepth = 64;

/** V8 has one heap sampler for the process, so its holders are counted per process. */
const sampler = { holders: 0, ours: false };

/** Returns the profiler, or one line with the reason why there is none, and the fix if there is one. Never rejects. */
export async function loadProfiler(): Promise<Profiler | string> {
  try {
    return await import("@datadog/pprof");
  } catch (error) {
    const isMissing =
      error instanceof Error &&
      "code" in error &&
      error.code === "ERR_MODULE_NOT_FOUND" &&
      error.message.includes("'@datadog/pprof'");
    return isMissing ? "run npm install @datadog/pprof, then restart the service" : firstLine(error);
  }
}

/**
 * Keeps the heap sampler running until the returned function is called, so that even the first profile includes earlier
 * allocations. Several holders share one sampler. Does nothing if there is no profiler.
 */
export async function holdHeapSampler(): Promise<() => void> {
  const profiler = await loadProfiler();
  if (typeof profiler === "string") return () => {};
  if (sampler.holders === 0) sampler.ours = startSampler(profiler);
  sampler.holders += 1;
  return () => {
    sampler.holders -= 1;
    if (sampler.holders === 0 && sampler.ours) profiler.heap.stop();
  };
}

/** The first line of an error's message. Further lines of the loader's messages contain paths of this machine. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1).join("");
}

/** Returns false if the embedding program has started the sampler: then it may be read here, but not stopped. */
function startSampler(profiler: Profiler): boolean {
  try {
    profiler.heap.start(heapIntervalBytes, heapStackDepth);
    return true;
  } catch {
    return false;
  }
}
