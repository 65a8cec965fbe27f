import { randomUUID } from 'node:crypto';
import { beforeEach } from 'vitest';
import { type Book, newBook, updateBook } from '../../../shared/store/books.ts';
import { eventItem } from '../../../shared/store/keys.ts';
import { relocate } from '../../../shared/store/relocate.ts';
import type { Item, Table } from '../../../shared/store/table.ts';
import { second, WRITER } from './observations.ts';
import { collect } from './stepwise.ts';
import { useTables } from './table.ts';

/** For the tests of one file: what is stored under a pk moves to a uuid. Each test has its own of both. */
export function useRelocation() {
  const createTable = useTables();
  let table: Table;
  let pks = 0;
  /** Time passes between two books: the revision of a new one starts with it. */
  let moment = WRITER.now;
  const ids = { bookUuid: '', from: '' };

  beforeEach(async () => {
    table ??= await createTable();
    pks += 1;
    ids.bookUuid = randomUUID();
    ids.from = `pk-${pks}`;
  });

  const writer = () => {
    moment += 1000;
    return { ...WRITER, now: moment };
  };
  const partition = (bookId: string): Promise<Item[]> => collect(table.query({ bookId }));
  return {
    get table() {
      return table;
    },
    /** The uuid, and the id by the pk. A test may set others. */
    ids,
    writer,
    putEvent: (bookId: string, deliveryId: string, outcome: string, codes?: readonly string[]) =>
      table.put({
        bookId,
        item: eventItem(second(1), deliveryId),
        deliveryId,
        outcome,
        processedAt: second(2),
        ...(codes !== undefined && { codes }),
      }),
    putBook: (entries: Book['entries'] = {}, bookId = ids.from) =>
      updateBook(table, bookId, (book) => ({
        ...(book ?? newBook(bookId, { bookPk: bookId.slice(3) }, writer())),
        entries,
      })),
    partition,
    namesOf: async (bookId: string) => (await partition(bookId)).map(({ item }) => item),
    move: (on: Table = table) => relocate(on, ids.from, ids.bookUuid, WRITER),
  };
}
