import { DEFAULT_RESULTS, RESULT_KINDS } from '../../../shared/checklist/kinds.ts';
import { catalogEntry, type ResultKind, SEED_EVENT_NAMES } from '../../../shared/events/catalog.ts';
import type { EventItem } from '../../../shared/store/items.ts';
import type { Delivery } from '../ocrolus/index.ts';
import type { BookContents } from './book-contents.ts';

/** Outcomes of a delivery whose results are stored. */
const STORED: ReadonlySet<EventItem['outcome']> = new Set(['applied', 'unchanged', 'stale']);

/** Deliveries whose results are not stored yet, according to the ledger. */
export function missingDeliveries(
  deliveries: readonly Delivery[],
  { events }: Pick<BookContents, 'events'>,
): string[] {
  return deliveries.flatMap(({ deliveryId, eventName, outcome }) => {
    if (outcome !== 'delivered') return [`${eventName}: ${outcome}`];
    const entry = events.find((event) => event.deliveryId === deliveryId);
    if (entry === undefined) return [`${eventName}: not processed`];
    return STORED.has(entry.outcome) ? [] : [`${eventName}: ${entry.outcome} ${entry.reason ?? ''}`];
  });
}

/** Missing events of the seed page, and results, of a book whose events were announced. */
export function missingOfAnnounced(deliveries: readonly Delivery[], contents: BookContents): string[] {
  const sent = new Set(deliveries.map(({ eventName }) => eventName));
  return [
    ...SEED_EVENT_NAMES.filter((name) => !sent.has(name)).map((name) => `${name}: not sent`),
    ...missingKinds(
      SEED_EVENT_NAMES.flatMap((name) => catalogEntry(name).results),
      contents,
    ),
    ...missingOfChecklist(contents),
  ];
}

/** Kinds that a book with a bank statement always has (docs/data-model.md). */
const RECOVERABLE = RESULT_KINDS.filter((kind) => DEFAULT_RESULTS[kind] === 'always');

/** Missing results of a book whose webhooks are all lost. */
export function missingOfRecovered(contents: BookContents): string[] {
  return [
    ...(contents.book?.status === 'VERIFIED' ? [] : [`BOOK: ${contents.book?.status ?? 'not there'}`]),
    ...(contents.documents.length > 0 ? [] : ['DOC: none']),
    ...missingKinds(RECOVERABLE, contents),
    ...missingOfChecklist(contents),
  ];
}

/** Open entries of the book's own checklist. */
function missingOfChecklist({ book, missing }: BookContents): string[] {
  if (book?.complete === true) return [];
  const open = missing.map(({ kind, subject, state, code }) =>
    `${kind} of ${subject}: ${state} ${code ?? ''}`.trim(),
  );
  return ['BOOK: not complete', ...open];
}

function missingKinds(kinds: readonly ResultKind[], { results }: Pick<BookContents, 'results'>): string[] {
  return [...new Set(kinds)]
    .filter((kind) => results.every((result) => result.kind !== kind))
    .map((kind) => `RESULT#${kind}: none`);
}
