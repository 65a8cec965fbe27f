import { Failure } from '../../../../shared/failure.ts';
import type { Call } from '../../../../shared/ocrolus/calls.ts';
import type { Answer, OcrolusClient } from '../../../../shared/ocrolus/client.ts';

/** An account's list of books by ascending pk, as Ocrolus pages it, or not. */
export interface BookList {
  readonly client: OcrolusClient;
  /** With which each uuid begins. */
  readonly prefix: string;
  /** True if Ocrolus applies `limit` and `offset`. */
  paged: boolean;
  nextPk: bigint;
  /** Pages read so far. */
  pages: number;
  failAtPage: number | undefined;
  /** Creation time of a book, as in the list. */
  createdAt: (pk: bigint) => string | undefined;
  /** The lender's own key of each book. */
  xid: (pk: bigint) => string | null;
  add(count: number): void;
  /** Makes the book with this pk visible, after higher ones. */
  addLate(pk: bigint): void;
  deleteFirst(count: number): void;
  delete(pk: bigint): void;
  /** Books whose entry lacks its uuid. */
  readonly unreadable: Set<bigint>;
  uuids(): string[];
}

export function createBookList(prefix = 'book'): BookList {
  let books: { pk: bigint; uuid: string }[] = [];
  const list: BookList = {
    prefix,
    paged: true,
    nextPk: 1n,
    pages: 0,
    failAtPage: undefined,
    createdAt: () => undefined,
    xid: () => null,
    add(count) {
      for (let n = 0; n < count; n += 1) {
        books.push({ pk: list.nextPk, uuid: `${prefix}-${list.nextPk}` });
        list.nextPk += 1n;
      }
    },
    addLate(pk) {
      books.push({ pk, uuid: `${prefix}-${pk}` });
      books.sort((a, b) => (a.pk < b.pk ? -1 : 1));
    },
    deleteFirst(count) {
      books = books.slice(count);
    },
    delete(pk) {
      books = books.filter((book) => book.pk !== pk);
    },
    unreadable: new Set(),
    uuids: () => books.map(({ uuid }) => uuid).sort(),
    client: {
      get: (call) => readPage(call),
      ask: async (call) => ({ kind: 'ok', answer: await readPage(call) }),
      fetch: () => Promise.reject(new Error('not asked for')),
      getSigned: () => Promise.reject(new Error('not asked for')),
    },
  };
  const readPage = async ({ operation, query }: Call): Promise<Answer> => {
    list.pages += 1;
    if (list.pages === list.failAtPage) throw new Failure('retry', 'network');
    const offset = Number(query?.offset);
    const shown = list.paged ? books.slice(offset, offset + Number(query?.limit)) : books;
    const entries = shown.map(({ pk, uuid }) => {
      const described = {
        book_uuid: list.unreadable.has(pk) ? undefined : uuid,
        name: `book ${pk}`,
        created_ts: list.createdAt(pk),
        xid: list.xid(pk),
      };
      // Beyond 2^53 too.
      return `{"pk":${pk},${JSON.stringify(described).slice(1)}`;
    });
    const body = Buffer.from(`{"response":[${entries.join(',')}]}`);
    return { operation, body, json: JSON.parse(String(body)), httpStatus: 200, askedAt: '' };
  };
  return list;
}
