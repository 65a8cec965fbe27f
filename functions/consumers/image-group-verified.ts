import { Failure } from '../../shared/failure.ts';
import { isEnded } from '../../shared/ocrolus/statuses.ts';
import type { WriteOutcome } from '../../shared/store/books.ts';
import { isCapturable } from '../../shared/store/documents.ts';
import type { Observe } from './consume.ts';
import { defineConsumer } from './define-consumer.ts';
import { knownDocuments, writeBookIfChanged, writeChangedDocuments } from './observe/book.ts';
import { captureDocument } from './observe/capture.ts';
import { documentsOfImageGroup } from './observe/documents.ts';
import { each } from './outcome.ts';

/** An image group finished verification: the documents that came of it. */
export const observe: Observe = async (observing) => {
  const observation = await observing.bookStatus();
  const { generation } = await writeBookIfChanged(observing, observation);
  const documents = documentsOfImageGroup(observation, observing.ids);
  if (documents.length === 0) throw new Failure('later', 'image-group-not-listed');

  const others = documents.filter((document) => !isCapturable(document));
  const written = await writeChangedDocuments(observing, observation, generation, others);
  // A group may be large: what an earlier try has fetched since the news came is not fetched again.
  const known = await knownDocuments(observing, observation.bookUuid);
  const { receivedAt } = observing.envelope;
  const captures = documents
    .filter(isCapturable)
    .filter(({ docUuid }) => (known.get(docUuid)?.capturedAt ?? '') < receivedAt)
    .map((document) => async (): Promise<WriteOutcome> => {
      return (await captureDocument(observing, observation, document, generation)).outcome;
    });
  const observed = await each([...written.map((outcome) => async () => outcome), ...captures]);
  if (!documents.every((document) => isEnded(document.status))) {
    throw new Failure('later', 'image-group-not-verified');
  }
  return observed;
};

export const handler = defineConsumer('image-group-verified', observe);
