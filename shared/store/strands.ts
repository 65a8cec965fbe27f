import { Failure } from '../failure.ts';
import { generationOf, type WriteOutcome } from './books.ts';
import type { BookItem, Progress } from './items.ts';
import { BOOK_ITEM, dueShard } from './keys.ts';
import type { Table } from './table.ts';

/** Strands of work that a book tells the state of. */
export type Strand = 'capture' | 'analytics' | 'detect' | 'income' | 'completed';

/**
 * Says how far a strand of a book's work has come. An older statement never replaces a newer one, and one from
 * before the book was reopened says nothing about its new generation. A refusal takes nothing back that is there: it
 * may be of another version of the same results.
 *
 * @param generation of the book, as it was before the work of the strand began.
 * @throws Failure `retry`, code `book-reopened`: what the work brought may be of the generation before.
 */
export async function writeStrand(
  table: Table,
  bookUuid: string,
  strand: Strand,
  progress: Progress,
  generation: number,
  more: { readonly account: string; readonly source: BookItem['source']; readonly now: string },
): Promise<WriteOutcome> {
  const isRefused = progress.state === 'refused';
  const result = await table.update(
    { bookId: bookUuid, item: BOOK_ITEM },
    {
      set: { [strand]: progress, updatedAt: more.now },
      setOnce: {
        bookUuid,
        account: more.account,
        source: more.source,
        createdAt: more.now,
        generation,
        dueAt: more.now,
        dueShard: dueShard(bookUuid),
      },
      condition: {
        expression:
          '(attribute_not_exists(#strand) OR #strand.#at <= :at)' +
          ' AND (attribute_not_exists(generation) OR generation = :generation)' +
          ' AND (attribute_not_exists(reopenedAt) OR reopenedAt <= :at)' +
          (isRefused ? ' AND (attribute_not_exists(#strand) OR #strand.#state <> :available)' : ''),
        names: { '#strand': strand, '#at': 'at', ...(isRefused && { '#state': 'state' }) },
        values: {
          ':at': progress.at,
          ':generation': generation,
          ...(isRefused && { ':available': 'available' }),
        },
      },
    },
  );
  if (result.written) return 'applied';
  const { existing } = result;
  const isReopened =
    generationOf(existing) !== generation || String(existing?.reopenedAt ?? '') > progress.at;
  if (isReopened) throw new Failure('retry', 'book-reopened');
  if (isRefused && isAvailable(existing?.[strand])) {
    const { at } = progress;
    return writeStrand(table, bookUuid, strand, { state: 'available', at }, generation, more);
  }
  return 'stale';
}

function isAvailable(progress: unknown): boolean {
  return (progress as Progress | undefined)?.state === 'available';
}
