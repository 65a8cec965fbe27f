import { writeDocument } from '../../../shared/store/documents.ts';
import type { Observing } from '../observing.ts';
import { combine, type Observed } from '../outcome.ts';
import { writeBookIfChanged, writeChangedDocuments } from './book.ts';
import { findDocument } from './documents.ts';

/**
 * Writes down where the book stands: with the document that the event names, or with all of them. @throws Failure
 */
export async function refresh(observing: Observing): Promise<Observed> {
  const observation = await observing.bookStatus();
  const book = await writeBookIfChanged(observing, observation);
  const document = findDocument(observation, observing.ids);
  if (document !== undefined) {
    const written = await writeDocument(observing.parts.table, {
      bookId: observation.bookUuid,
      document,
      observedAt: observation.observedAt,
      generation: book.generation,
    });
    return { outcome: combine([book.outcome, written]) };
  }
  const documents = await writeChangedDocuments(observing, observation, book.generation);
  return { outcome: combine([book.outcome, ...documents]) };
}
