import type { BookObservation, ObservedDocument } from '../../../shared/events/envelope.ts';
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
  const isPartial = missing.length > now.length;
  const written = await writeChangedDocuments(observing, observation, generation, rest);
  const fetched = await captureEach(observing, observation, generation, now, isPartial);

  const state = isPartial ? 'partial' : 'complete';
  await writeStrand(
    observing.parts.table,
    bookUuid,
    'capture',
    { state, at: observation.observedAt },
    generation,
    observing.writer,
  );
  const outcome = combine([book.outcome, ...written, ...fetched.outcomes]);
  return { outcome, ...(fetched.reasons.length > 0 && { reason: fetched.reasons.join(' ') }) };
}

/**
 * Fetches documents one after the other.
 *
 * @param isPartial others bring documents of the book in any case: what fails in passing is left to them too, for of so
 * many calls one always fails.
 * @throws Failure `later` when Ocrolus does not have some yet, once all others are fetched.
 */
async function captureEach(
  observing: Observing,
  observation: BookObservation,
  generation: number,
  documents: readonly ObservedDocument[],
  isPartial: boolean,
): Promise<{ readonly outcomes: readonly WriteOutcome[]; readonly reasons: readonly string[] }> {
  const outcomes: WriteOutcome[] = [];
  const reasons: string[] = [];
  let later: Failure | undefined;
  for (const [n, document] of documents.entries()) {
    try {
      const captured = await captureDocument(observing, observation, document, generation);
      outcomes.push(captured.outcome);
      if (captured.reason !== undefined) reasons.push(captured.reason);
    } catch (error) {
      const failure = asFailure(error);
      if (failure.class === 'retry' && isPartial) {
        const left = documents.slice(n);
        outcomes.push(...(await writeChangedDocuments(observing, observation, generation, left)));
        break;
      }
      if (failure.class === 'later') later ??= failure;
      else if (failure.class === 'refused') reasons.push(failure.code);
      else throw failure;
    }
  }
  if (later !== undefined) throw later;
  return { outcomes, reasons };
}

/**
 * Whoever looked a moment later, for one of the book's documents say, saw the same book verified: it is to be
 * captured all the same, by whom if not by us.
 */
async function isStillSo({ parts }: Observing, observation: BookObservation): Promise<boolean> {
  const known = await readKnownBook(parts.table, observation.bookUuid);
  return isSeenLike(known, observation);
}
