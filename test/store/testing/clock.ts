import { second } from './observations.ts';

/** Time that passes only when a test says so. */
export interface Clock {
  readonly now: () => Date;
  advance(seconds: number): void;
}

/** Starts at the hundredth second of the tests' day. */
export function createClock(): Clock {
  let milliseconds = Date.parse(second(100));
  return {
    now: () => new Date(milliseconds),
    advance(seconds) {
      milliseconds += seconds * 1000;
    },
  };
}
