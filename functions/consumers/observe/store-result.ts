import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { Answer } from '../../../shared/ocrolus/client.ts';
import type { WriteOutcome } from '../../../shared/store/books.ts';
import { writeResult } from '../../../shared/store/results.ts';
import type { Observing } from '../observing.ts';
import { bookGeneration } from './generation.ts';
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
      generation: result.generation ?? (await bookGeneration(observing, bookId)),
      summary: summarise(kind, answer.json),
    }),
  );
}
