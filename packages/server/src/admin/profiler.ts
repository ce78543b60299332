/** The native profiler. It is loaded on first use: it has no build for every platform and Node. */
export type Profiler = typeof import("@datadog/pprof");

/** As Go samples its heap: one sample for every 512 KiB allocated, on average. */
const heapIntervalBytes = 512 * 1024;
const heapStackDepth = 64;

/** V8 has one heap sampler for the process, so its holders are counted for the process too. */
const sampler = { holders: 0, ours: false };

/** The profiler, or one line that says why this platform has none. Never rejects. */
export async function loadProfiler(): Promise<Profiler | string> {
  try {
    return await import("@datadog/pprof");
  } catch (error) {
    return firstLine(error);
  }
}

/**
 * Keeps the heap sampler running until the function it returns is called, so that a profile shows what lives
 * already when it is first asked for. Several holders share one sampler. Does nothing where there is no profiler.
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

/** The first line of an error's message: the loader's messages go on with paths of this machine. */
export function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1).join("");
}

/** False when the program we are embedded in has started the sampler: then it is read here, but not ours to stop. */
function startSampler(profiler: Profiler): boolean {
  try {
    profiler.heap.start(heapIntervalBytes, heapStackDepth);
    return true;
  } catch {
    return false;
  }
}
