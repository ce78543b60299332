/** The median; the mean of the middle two where there are two. NaN of nothing. */
export function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return Number.isInteger(middle)
    ? ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
    : (sorted[Math.floor(middle)] ?? NaN);
}

/** The least value that at least `percent` of the samples do not exceed (nearest rank). NaN of nothing. */
export function percentileOf(samples: readonly number[], percent: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN;
}

/** One by one, the first over the second: what was measured in the same run belongs together. */
export function ratiosOf(samples: readonly number[], base: readonly number[]): readonly number[] {
  return samples.slice(0, base.length).map((sample, run) => sample / (base[run] ?? NaN));
}
