import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { Answer } from '../../../shared/ocrolus/client.ts';
import type { WriteOutcome } from '../../../shared/store/books.ts';
import { ensureBook, readKnownBook } from '../../../shared/store/known-books.ts';
import { writeResult } from '../../../shared/store/results.ts';
import type { Observing } from '../observing.ts';
import { summarise } from './summaries.ts';

export interface ResultOf {
  readonly bookId: string;
  readonly kind: ResultKind;
  readonly subject: string;
  /** The book's; read when absent. */
  readonly generation?: number;
}

/** Stores an answer as a result, once per batch. */
export function storeResult(observing: Observing, result: ResultOf, answer: Answer): Promise<WriteOutcome> {
  const { batch, parts } = observing;
  const { bookId, kind, subject } = result;
  return batch.once(`result ${bookId} ${kind} ${subject}`, async () =>
    writeResult(parts.table, parts.bodies, {
      bookId,
      kind,
      subject,
      operation: answer.operation,
      body: answer.body,
      fetchedAt: answer.askedAt,
      generation: result.generation ?? (await generationOf(observing, bookId)),
      summary: summarise(kind, answer.json),
    }),
  );
}

/** The generation of a book as stored. A book that nobody has seen yet is made, so that the poller looks at it. */
async function generationOf({ parts, writer }: Observing, bookId: string): Promise<number> {
  const known = await readKnownBook(parts.table, bookId);
  if (known === undefined) await ensureBook(parts.table, { bookId, bookUuid: bookId }, writer);
  return known?.generation ?? 1;
}
