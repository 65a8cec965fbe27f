import { hash } from 'node:crypto';
import type { Book } from '../store/books.ts';
import { PageSet } from '../store/items.ts';
import { RESULT_PREFIX } from '../store/keys.ts';
import type { Table } from '../store/table.ts';
import { iso } from '../time.ts';

/**
 * Dates a complete book: with the time at which it first was complete with this status, this generation and these bodies. So
 * a delivery that comes twice, or a renewed answer with the same body, does not announce the book again (docs/decisions/0033).
 * Reads the hash of every stored result, after the book: a function that stores another one settles later.
 *
 * @param now Unix milliseconds.
 */
export async function withCompletion(table: Table, book: Book, now: number): Promise<Book> {
  const digest = await digestOf(table, book);
  // Version 0.2 wrote only the time.
  const known = book.lastComplete ?? { at: book.completeAt ?? iso(now), digest };
  const lastComplete = known.digest === digest ? known : { at: iso(now), digest };
  return { ...book, lastComplete, completeAt: lastComplete.at };
}

async function digestOf(table: Table, { bookId, status, generation }: Book): Promise<string> {
  const parts = [status, generation];
  const attributes = ['item', 'sha256', 'set'];
  for await (const { item, sha256, set } of table.query({ bookId, prefix: RESULT_PREFIX, attributes })) {
    const { offset, others } = PageSet.safeParse(set).data ?? {};
    // Pages after the first may be of another set. The first has the hash of its own.
    if (offset === undefined) parts.push(`${item} ${sha256} ${others ?? ''}`);
  }
  return hash('sha256', parts.join('\n'), 'base64url').slice(0, 22);
}
