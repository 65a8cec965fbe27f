import type { Invariant } from './invariant.ts';

export interface Violation {
  readonly invariant: Invariant;
  /** The book's uuid; `''` where it is about none. */
  readonly bookUuid: string;
  readonly text: string;
  /** Virtual time. */
  readonly at: string;
}

/** Violations beyond so many are counted only. */
const MOST_KEPT = 2000;

export class Violations {
  readonly kept: Violation[] = [];
  readonly counts: Partial<Record<Invariant, number>> = {};
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  add(invariant: Invariant, bookUuid: string, text: string): void {
    this.counts[invariant] = (this.counts[invariant] ?? 0) + 1;
    if (this.kept.length >= MOST_KEPT) return;
    this.kept.push({ invariant, bookUuid, text, at: new Date(this.#now()).toISOString() });
  }
}
