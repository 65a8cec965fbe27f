import { DEFAULT_RESULTS, RESULT_KINDS } from '../../../shared/checklist/kinds.ts';
import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import type { BookContents } from '../../ops/book-contents.ts';
import type { Delivery } from '../ocrolus/index.ts';

/** Outcomes of a delivery whose results are stored. */
const STORED: ReadonlySet<EventItem['outcome']> = new Set(['applied', 'unchanged', 'stale']);

/** Deliveries whose results are not stored yet, according to the ledger. */
export function missingDeliveries(deliveries: readonly Delivery[], { events }: BookContents): string[] {
  return deliveries.flatMap(({ deliveryId, eventName, outcome }) => {
    if (outcome !== 'delivered') return [`${eventName}: ${outcome}`];
    const entry = events.find((event) => event.deliveryId === deliveryId);
    if (entry === undefined) return [`${eventName}: not processed`];
    return STORED.has(entry.outcome) ? [] : [`${eventName}: ${entry.outcome} ${entry.reason ?? ''}`];
  });
}

/** Kinds that a book with a bank statement always has (docs/data-model.md). */
export const ALWAYS = RESULT_KINDS.filter((kind) => DEFAULT_RESULTS[kind] === 'always');

/** Missing parts of a verified book, which should have results of these kinds, and what its own checklist names. */
export function missingParts(contents: BookContents, kinds: readonly ResultKind[]): string[] {
  const { book, documents, results, missing } = contents;
  const open = missing.map(({ kind, subject, state, code }) =>
    `${kind} of ${subject}: ${state} ${code ?? ''}`.trim(),
  );
  return [
    ...(book?.status === 'VERIFIED' ? [] : [`BOOK: ${book?.status ?? 'not there'}`]),
    ...(documents.length > 0 ? [] : ['DOC: none']),
    ...[...new Set(kinds)]
      .filter((kind) => results.every((result) => result.kind !== kind))
      .map((kind) => `RESULT#${kind}: none`),
    ...(book?.complete === true ? [] : ['BOOK: not complete', ...open]),
  ];
}
