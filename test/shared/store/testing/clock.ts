import { second } from './observations.ts';

/** Time that passes only when a test says so. */
export interface Clock {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** ISO 8601. */
  iso(): string;
  advance(seconds: number): void;
}

/** Starts at the hundredth second of the tests' day. */
export function createClock(): Clock {
  let milliseconds = Date.parse(second(100));
  return {
    now: () => milliseconds,
    iso: () => new Date(milliseconds).toISOString(),
    advance(seconds) {
      milliseconds += seconds * 1000;
    },
  };
}
