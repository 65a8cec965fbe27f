import * as z from 'zod';
import { pkOf } from '../../../shared/events/ids.ts';
import { findUuids, mayLack, polledBooks, readBooks } from '../../ops/ledger/books.ts';
import { bookId } from '../../ops/options.ts';
import type { Target } from '../../ops/target/target.ts';
import { bookPage } from './book-page.ts';

/** Maximum number of books of a list, and of those that are read for it. */
const MOST_ROWS = 100;
const MOST_READ = 1000;

const Row = z.object({
  bookId: z.string(),
  name: z.string().optional(),
  status: z.string().optional(),
  complete: z.boolean().optional(),
  open: z.array(z.string()).default([]),
  dueAt: z.string().default(''),
});

/** The books that are polled next. @param isMissing only those that may lack results. */
export async function listBooks(
  { table: openTable }: Pick<Target, 'table'>,
  { isMissing = false, mostRead = MOST_READ } = {},
) {
  const table = openTable();
  const rows: z.infer<typeof Row>[] = [];
  let read = 0;
  let lacking = 0;
  let isCut = false;
  for await (const bookIds of polledBooks(table)) {
    if (rows.length >= MOST_ROWS || read >= mostRead) {
      isCut = true;
      break;
    }
    const books = await readBooks(table, bookIds, Object.keys(Row.shape));
    const lack = books.filter(mayLack);
    read += books.length;
    lacking += lack.length;
    rows.push(...(isMissing ? lack : books).map((book) => Row.parse(book)));
  }
  rows.sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
  return { read, lacking, isCut: isCut || rows.length > MOST_ROWS, rows: rows.slice(0, MOST_ROWS) };
}

/** Page of a book, which is found by its uuid, or among the polled ones by `pk-<number>`. @throws Error for another name */
export async function findBookPage(target: Target, text: string) {
  const id = bookId(text);
  const pk = pkOf(id);
  const uuid = pk === undefined ? id : (await findUuids(target.table(), new Set([pk]))).get(pk);
  return bookPage(uuid ?? id, target);
}
