/**
 * Measures how long signals take: from the request to the end of its answer, as the browser's own timing has it.
 * Calls back with the median, in milliseconds, and of how many.
 */
export function watchSignalTimes(measured: (medianMs: number, count: number) => void): void {
  const times: number[] = [];
  const observer = new PerformanceObserver((list) => {
    const signals = list.getEntries().filter(({ name }) => name.endsWith("/signal"));
    if (signals.length === 0) return;
    times.push(...signals.map(({ duration }) => duration));
    times.splice(0, times.length - mostTimes);
    measured(medianOf(times), times.length);
  });
  observer.observe({ type: "resource", buffered: true });
}

function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

/** As many of the last ones as say how it is now. */
const mostTimes = 50;
