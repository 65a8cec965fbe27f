import { isInProgress } from './commands.ts';
import type { Book } from './model/book.ts';
import { isFinished } from './model/versions.ts';

/** The next change of a book on its usual way (docs/ocrolus.md#event-order). @returns `undefined` when nothing is left to happen. */
export function nextStep(book: Book) {
  const { status, documents, bookClass, uuid } = book;
  if (status === 'DELETED' || documents.length === 0) return undefined;
  if (!book.isClassified) return { do: 'classify-book', book: uuid } as const;
  if (bookClass === 'INSTANT_CLASSIFY_ONLY') return undefined;
  const unfinished = documents.find(isInProgress);
  if (unfinished !== undefined) return { do: 'verify-document', document: unfinished.uuid } as const;
  if (status !== 'VERIFIED') return { do: 'verify-book', book: uuid } as const;
  if (!book.analytics.isReady) return { do: 'complete-analytics', book: uuid } as const;
  const undetected = documents.find((document) => document.detect === 'PENDING' && isFinished(document));
  if (undetected !== undefined)
    return { do: 'run-detect', document: undetected.uuid, result: undetected.detectOutcome } as const;
  return book.isCompleted ? undefined : ({ do: 'complete-book', book: uuid } as const);
}

export type StepName = NonNullable<ReturnType<typeof nextStep>>['do'];
