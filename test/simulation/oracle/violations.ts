/** What must always hold, by name; the report counts them. */
export type Invariant =
  | 'result-older'
  | 'observation-older'
  | 'generation-older'
  | 'complete-too-early'
  | 'ledger-missing'
  | 'ledger-twice'
  | 'ledger-changed'
  | 'ledger-not-indexed'
  | 'dead-letter'
  | 'left-in-queue'
  | 'private'
  | 'too-many-calls'
  | 'too-many-calls-about'
  | 'book-missing'
  | 'book-differs'
  | 'document-differs'
  | 'result-missing'
  | 'result-differs'
  | 'detect-differs'
  | 'result-invented'
  | 'complete-wrong'
  | 'open-wrong'
  | 'left-open'
  | 'forgotten-kept'
  | 'forgotten-asked'
  | 'late'
  | 'late-look'
  | 'complete-while-open'
  | 'book-signals-missing'
  | 'open-without-due'
  | 'unknown-lost'
  | 'published-twice'
  | 'not-published'
  | 'reader-fails'
  | 'guard';

interface Violation {
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

  add(invariant: Invariant, bookUuid: string, text: string): void {
    this.counts[invariant] = (this.counts[invariant] ?? 0) + 1;
    if (this.kept.length >= MOST_KEPT) return;
    this.kept.push({ invariant, bookUuid, text, at: new Date(this.#now()).toISOString() });
  }
}
