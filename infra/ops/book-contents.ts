import type { Reader } from '../../shared/store/reader.ts';

/** Everything in the table about a book, as a downstream service reads it. */
export type BookContents = Awaited<ReturnType<typeof readContents>>;

export async function readContents(reader: Reader, bookId: string) {
  const [book, documents, results, missing, events] = await Promise.all([
    reader.book(bookId),
    reader.documents(bookId),
    reader.results(bookId),
    reader.missing(bookId),
    reader.events(bookId),
  ]);
  return { book, documents, results, missing, events };
}
