import type { ResultKind } from '../events/catalog.ts';
import type { Want } from '../events/envelope.ts';
import type { Entries } from './entry.ts';
import { planBook } from './plan-book.ts';
import { planDocuments } from './plan-documents.ts';
import { Collected, type PlanInput } from './plan-input.ts';

export interface Plan {
  /** The entries of the book, including those that it should have and lacked. */
  readonly entries: Entries;
  /** What to ask for now. Empty while the last round may still be in progress. */
  readonly asks: readonly Want[];
  /** What may be asked for as the one call of an open circuit, although it counts as not served. */
  readonly canaries: readonly Want[];
  /** Documents whose stored status is not what Book status says. */
  readonly changed: readonly string[];
  /** When something is to be asked for next, in Unix milliseconds. */
  readonly nextAt: number | undefined;
  /** Whether every document has all the results that it should have. */
  readonly isSettled: boolean;
  /** The kinds of which something is missing. */
  readonly open: readonly ResultKind[];
}

/**
 * Compares what a book has with what it should have: what to ask for now, when to poll again, what is missing. Pure:
 * planning twice gives the same plan (docs/design.md#reconcile).
 */
export function plan(input: PlanInput): Plan {
  const collected = new Collected(input);
  const documents = planDocuments(input, collected);
  const entries = planBook(input, documents.needsSignals, collected);
  return {
    entries,
    asks: collected.asks,
    canaries: collected.canaries,
    changed: documents.changed,
    nextAt: collected.nextAt,
    isSettled: documents.isSettled,
    open: [...collected.open].sort(),
  };
}
