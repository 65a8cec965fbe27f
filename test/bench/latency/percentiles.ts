/** Percentiles of times in milliseconds. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export function percentilesOf(times: readonly number[]): Percentiles {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return {
    count: sorted.length,
    p50: rounded(at(0.5)),
    p99: rounded(at(0.99)),
    most: rounded(sorted.at(-1) ?? Number.NaN),
  };
}
