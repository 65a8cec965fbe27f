import type { BookObservation } from '../../../shared/events/envelope.ts';
import { asFailure, type Failure } from '../../../shared/failure.ts';
import { isSeenLike, type WriteOutcome } from '../../../shared/store/books.ts';
import { needsCapture } from '../../../shared/store/documents.ts';
import { readKnownBook } from '../../../shared/store/known-books.ts';
import { writeStrand } from '../../../shared/store/strands.ts';
import type { Observing } from '../observing.ts';
import { combine, type Observed } from '../outcome.ts';
import { knownDocuments, writeChangedDocuments, writeObservedBook } from './book.ts';
import { captureDocument } from './capture.ts';

/**
 * How many documents are fetched along with their book. The events of the documents themselves, or the poller
 * after its grace time, bring the others: a book of 2,000 must not be fetched by two consumers at once.
 */
const DOCUMENTS_AT_ONCE = 20;

/**
 * Writes a verified book with its documents, fetches those that nobody has fetched, and says how complete the
 * capture is. @throws Failure
 */
export async function captureBook(observing: Observing, observation: BookObservation): Promise<Observed> {
  const { bookUuid, documents } = observation;
  const book = await writeObservedBook(observing, observation);
  if (book.outcome === 'stale' && !(await isStillSo(observing, observation))) return { outcome: 'stale' };
  const { generation } = book;

  const known = await knownDocuments(observing, bookUuid);
  const missing = documents.filter((document) => needsCapture(known.get(document.docUuid), document));
  const now = missing.slice(0, DOCUMENTS_AT_ONCE);
  const rest = documents.filter((document) => !now.includes(document));
  const outcomes: WriteOutcome[] = [book.outcome];
  outcomes.push(...(await writeChangedDocuments(observing, observation, generation, rest)));
  const reasons: string[] = [];
  let later: Failure | undefined;
  for (const document of now) {
    try {
      const captured = await captureDocument(observing, observation, document, generation);
      outcomes.push(captured.outcome);
      if (captured.reason !== undefined) reasons.push(captured.reason);
    } catch (error) {
      const failure = asFailure(error);
      // One that Ocrolus does not have yet must not hold up the others.
      if (failure.class === 'later') later ??= failure;
      else if (failure.class === 'refused') reasons.push(failure.code);
      else throw failure;
    }
  }
  if (later !== undefined) throw later;

  const state = missing.length > now.length ? 'partial' : 'complete';
  await writeStrand(
    observing.parts.table,
    bookUuid,
    'capture',
    { state, at: observation.observedAt },
    generation,
    observing.writer,
  );
  return { outcome: combine(outcomes), ...(reasons.length > 0 && { reason: reasons.join(' ') }) };
}

/**
 * Whoever looked a moment later, for one of the book's documents say, saw the same book verified: it is to be
 * captured all the same, by whom if not by us.
 */
async function isStillSo({ parts }: Observing, observation: BookObservation): Promise<boolean> {
  const known = await readKnownBook(parts.table, observation.bookUuid);
  return isSeenLike(known, observation);
}
