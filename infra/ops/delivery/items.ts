import type { Reader } from '../../../shared/store/reader.ts';

/** An item of a book, with the time of its last write or, for a document or result, of the request to Ocrolus. */
export interface BookPart {
  readonly item: string;
  /** ISO 8601. */
  readonly at: string;
  /** Size of a result's body. */
  readonly bytes: number | null;
}

/** Reads the book, its documents and its results. */
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
