import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { openBodies } from '../../../shared/store/bodies/result-bodies.ts';
import type { BookItem, DocumentItem, EventItem } from '../../../shared/store/items.ts';
import { createReader, type MissingResult, type ResultDescription } from '../../../shared/store/reader.ts';
import { openTable } from '../../../shared/store/table.ts';
import type { LocalStack } from '../stack.ts';
import { REGION } from '../template/identities.ts';

/** Everything in the table about a book. */
export interface BookContents {
  readonly book: BookItem | undefined;
  readonly documents: readonly DocumentItem[];
  readonly results: readonly ResultDescription[];
  /** Open entries of its checklist. */
  readonly missing: readonly MissingResult[];
  readonly events: readonly EventItem[];
}

/** Reads the table as a downstream service does. */
export function openContents({
  endpoints,
  table,
  bucket,
}: LocalStack): (bookUuid: string) => Promise<BookContents> {
  const access = { region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const dynamodb = new DynamoDBClient({ ...access, endpoint: endpoints.dynamodb });
  const s3 = new S3Client({ ...access, endpoint: endpoints.s3, forcePathStyle: true });
  const reader = createReader(openTable(table, dynamodb), openBodies(bucket, s3));
  return async (bookUuid) => {
    const [book, documents, results, missing, events] = await Promise.all([
      reader.book(bookUuid),
      reader.documents(bookUuid),
      reader.results(bookUuid),
      reader.missing(bookUuid),
      reader.events(bookUuid),
    ]);
    return { book, documents, results, missing, events };
  };
}

/**
 * Reads until nothing is missing, or the deadline.
 *
 * @param missing lists what the contents lack; empty when they are complete.
 * @returns the last contents, and what was missing then.
 */
export async function waitUntilComplete(
  read: () => Promise<BookContents>,
  missing: (contents: BookContents) => string[],
  options: {
    readonly deadline: number;
    readonly pause: () => Promise<unknown>;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly contents: BookContents; readonly missing: readonly string[] }> {
  for (;;) {
    const contents = await read();
    const left = missing(contents);
    if (left.length === 0 || Date.now() > options.deadline || options.signal.aborted) {
      return { contents, missing: left };
    }
    await options.pause();
  }
}
