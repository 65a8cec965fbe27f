import { Failure } from '../../shared/failure.ts';
import { isEnded } from '../../shared/ocrolus/statuses.ts';
import { isCapturable, writeDocument } from '../../shared/store/documents.ts';
import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { writeBookIfChanged } from './observe/book.ts';
import { captureDocument } from './observe/capture.ts';
import { findDocument } from './observe/documents.ts';

/** One document is verified or rejected: Book status tells which. A rejected one has nothing to fetch. */
export const observe: Observe = async (observing) => {
  const observation = await observing.bookStatus();
  const { generation } = await writeBookIfChanged(observing, observation);
  const document = findDocument(observation, observing.ids);
  if (document === undefined) throw new Failure('later', 'document-not-listed');
  if (isCapturable(document)) {
    return captureDocument(observing, observation, document, generation, observing.ids.docUuid);
  }
  const outcome = await writeDocument(observing.parts.table, {
    bookId: observation.bookUuid,
    document,
    observedAt: observation.observedAt,
    generation,
  });
  if (!isEnded(document.status)) throw new Failure('later', 'document-not-verified');
  return { outcome, reason: document.rejectionReason };
};

export const handler = defineConsumer('doc-verified', observe);
