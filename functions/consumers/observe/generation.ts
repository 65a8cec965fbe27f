import { ensureBook, readKnownBook } from '../../../shared/store/known-books.ts';
import type { Observing } from '../observing.ts';

/**
 * The generation of a book, read once per batch: all that a batch shares is of one generation. A book that nobody has
 * seen yet is made, so that the poller looks at it.
 */
export function bookGeneration(observing: Observing, bookId: string): Promise<number> {
  const { batch, parts, writer } = observing;
  return batch.once(`generation ${bookId}`, async () => {
    const known = await readKnownBook(parts.table, bookId);
    if (known === undefined) await ensureBook(parts.table, { bookId, bookUuid: bookId }, writer);
    return known?.generation ?? 1;
  });
}
