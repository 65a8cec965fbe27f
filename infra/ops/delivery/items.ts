import type { Reader } from '../../../shared/store/reader.ts';

/** An item of a book, and when it was last written or, of a document or result, when Ocrolus was asked for it. */
export interface BookPart {
  readonly item: string;
  /** ISO 8601. */
  readonly at: string;
  /** Of a result's body. */
  readonly bytes: number | null;
}

/** The book, its documents and its results. */
export async function readItems(reader: Reader, bookId: string): Promise<BookPart[]> {
  const [book, documents, results] = await Promise.all([
    reader.book(bookId),
    reader.documents(bookId),
    reader.results(bookId),
  ]);
  return [
    ...(book === undefined ? [] : [{ item: book.item, at: book.updatedAt, bytes: null }]),
    ...documents.map(({ item, observedAt }) => ({ item, at: observedAt, bytes: null })),
    ...results.map(({ item, fetchedAt, bytes }) => ({ item, at: fetchedAt, bytes })),
  ];
}
