/** Full jitter: anything up to a bound that doubles, from a quarter of a second to ten. In milliseconds. */
export function backoffMs(attempt: number): number {
  return Math.random() * Math.min(10_000, 250 * 2 ** attempt);
}

/** Resolves after a while, or rejects with the signal's reason. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop);
  });
}

/** Resolves at once where the browser is online, or can't tell; else when it is again. */
export function online(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    if (globalThis.navigator?.onLine || !("addEventListener" in globalThis)) return resolve();
    addEventListener("online", () => resolve(), { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}
