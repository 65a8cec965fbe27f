import { type MissingResult, type Reader, UnknownBookError } from '../../shared/store/reader.ts';

/** Everything in the table about a book, as a downstream service reads it. */
export type BookContents = Awaited<ReturnType<typeof readContents>>;

export async function readContents(reader: Reader, bookId: string) {
  const [book, documents, results, missing, events] = await Promise.all([
    reader.book(bookId),
    reader.documents(bookId),
    reader.results(bookId),
    missingIfStored(reader, bookId),
    reader.events(bookId),
  ]);
  return { book, documents, results, missing, events };
}

/** What a book lacks; nothing is known to be missing of one that is not stored, or no longer. */
export async function missingIfStored(reader: Reader, bookId: string): Promise<MissingResult[]> {
  return reader.missing(bookId).catch((error: unknown) => {
    if (error instanceof UnknownBookError) return [];
    throw error;
  });
}
