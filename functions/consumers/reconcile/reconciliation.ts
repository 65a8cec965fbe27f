import type { BookObservation } from '../../../shared/events/envelope.ts';
import type { Book, WriteOutcome } from '../../../shared/store/books.ts';
import type { Answers, Patience } from '../results/answers.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import type { AnnouncedEvent } from './event.ts';

/** A delivery whose book is known, while it is reconciled: what it is about, and the results so far. */
export interface Reconciliation {
  readonly context: DeliveryContext;
  readonly event: AnnouncedEvent;
  readonly book: Book;
  /** What Book status said, where it was asked. */
  readonly observation: BookObservation | undefined;
  readonly patience: Patience;
  readonly answers: Answers;
  readonly documents: DocumentsReconciled;
}

/** A reconciliation for which Book status was asked. */
export type ReconciliationWithObservation = Reconciliation & { readonly observation: BookObservation };

/** What was written of the documents of a delivery. */
export interface DocumentsReconciled {
  readonly written: WriteOutcome[];
  /** When the first result that is still missing is asked for again, in Unix milliseconds. */
  nextAt: number | undefined;
  /** A stored document differs from what the book was settled with. */
  hasChanged: boolean;
  /** Results were stored for which there was no entry: no webhook announced them. */
  hasUnannounced: boolean;
}

/** Notes that something is asked for again at a time (ISO 8601). */
export function noteNext(documents: DocumentsReconciled, nextAt: string): void {
  documents.nextAt = Math.min(documents.nextAt ?? Number.POSITIVE_INFINITY, Date.parse(nextAt));
}
