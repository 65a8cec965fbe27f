import { isOfCredentials } from '../../shared/events/statuses.ts';
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

const HOLDS = {
  'book-status': 'Ocrolus does not show the book',
  circuit: 'refused for every book',
} as const;

/** The last code of a missing result, and what keeps it from being asked for. */
export function whyMissing({ code, heldBy }: MissingResult): string {
  const isRefused = heldBy !== null && code !== null && isOfCredentials({ code });
  const why = isRefused ? 'credentials or account refused' : heldBy && HOLDS[heldBy];
  return [code, why].filter((word) => word !== null).join(': ');
}

/** What a book lacks; nothing is known to be missing of one that is not stored, or no longer. */
export async function missingIfStored(reader: Reader, bookId: string): Promise<MissingResult[]> {
  return reader.missing(bookId).catch((error: unknown) => {
    if (error instanceof UnknownBookError) return [];
    throw error;
  });
}
