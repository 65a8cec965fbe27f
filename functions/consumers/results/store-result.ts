import type { ResultKind } from '../../../shared/events/catalog.ts';
import type { WriteOutcome } from '../../../shared/store/books.ts';
import type { PageSet } from '../../../shared/store/items.ts';
import { writeResult } from '../../../shared/store/results.ts';
import type { DeliveryContext } from '../runtime/delivery-context.ts';
import { type ResultAnswer, summarizableJson } from './outline.ts';
import { summarize } from './summaries.ts';

export interface ResultOf {
  readonly bookId: string;
  readonly kind: ResultKind;
  readonly subject: string;
  /** The book's, read before asking. */
  readonly generation: number;
  /** Of a result in several pages. */
  readonly set?: PageSet;
}

/** Stores an answer as a result, once per batch and generation of the book. */
export function storeResult(
  context: DeliveryContext,
  { bookId, kind, subject, generation, set }: ResultOf,
  answer: ResultAnswer,
): Promise<WriteOutcome> {
  const { batch, dependencies } = context;
  const { table, bodies } = dependencies.ports;
  const expires = dependencies.settings.RESULT_DAYS !== undefined;
  return batch.once(`result ${bookId} ${kind} ${subject} ${generation} ${answer.askedAt}`, () =>
    writeResult(table, bodies, {
      bookId,
      kind,
      subject,
      operation: answer.operation,
      body: answer.body,
      fetchedAt: answer.askedAt,
      generation,
      summary: summarize(kind, summarizableJson(answer)),
      ...(set !== undefined && { set }),
      expires,
    }),
  );
}
