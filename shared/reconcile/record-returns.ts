import { digestOf, goneFrom, startsNewVersion } from '../checklist/observation.ts';
import type { BookObservation } from '../events/envelope.ts';
import { inGroups } from '../in-groups.ts';
import { type Book, dueBy, updateBook } from '../store/books.ts';
import {
  observeDocument,
  readDocuments,
  unlistDocument,
  updateDocument,
  WRITES_AT_ONCE,
} from '../store/documents.ts';
import type { Table } from '../store/table.ts';

/**
 * Writes the documents that an observation shows as processed again, with another final status, or no longer, before the
 * book is written: they may look as before at the next poll, and their old results would be taken for current.
 */
export async function recordReturns(
  table: Table,
  book: Book | undefined,
  observation: BookObservation,
): Promise<void> {
  if (book?.digest === undefined || book.digest === digestOf(observation)) return;
  const { bookUuid: bookId, observedAt } = observation;
  const listed = new Map(observation.documents.map((document) => [document.docUuid, document]));
  const isGone = goneFrom(observation);
  const stored = [...(await readDocuments(table, bookId)).values()];
  const returned = stored.filter(({ docUuid, status }) => {
    const document = listed.get(docUuid);
    return document === undefined ? isGone(docUuid, status) : startsNewVersion(status, document.status);
  });
  if (returned.length === 0) return;
  // Written first, so that the next poll compares all documents even if the book looks as it did before.
  await updateBook(
    table,
    bookId,
    (current) =>
      current?.settled === undefined
        ? current
        : dueBy({ ...current, settled: undefined }, Date.parse(observedAt)),
    book,
  );
  await inGroups(returned, WRITES_AT_ONCE, (known) => {
    const document = listed.get(known.docUuid);
    return updateDocument(
      table,
      known,
      (current) => {
        if (current === undefined) return current;
        if (document === undefined) return unlistDocument(current, observedAt);
        return observeDocument(current, { bookId, document, observedAt, generation: book.generation });
      },
      known,
    );
  });
}
