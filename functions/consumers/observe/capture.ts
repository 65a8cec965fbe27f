import type { BookObservation, ObservedDocument } from '../../../shared/events/envelope.ts';
import { asFailure } from '../../../shared/failure.ts';
import { type Call, calls } from '../../../shared/ocrolus/calls.ts';
import type { Answer } from '../../../shared/ocrolus/client.ts';
import type { WriteOutcome } from '../../../shared/store/books.ts';
import { writeDocument } from '../../../shared/store/documents.ts';
import type { Observing } from '../observing.ts';
import { each, type Observed } from '../outcome.ts';
import { storeResult } from './store-result.ts';

/**
 * Fetches and stores the forms and transactions of a finished document, then writes the document as captured:
 * in this order, so that a document which says so has its results.
 *
 * @param formsUuid another uuid of the document that its forms may be filed under (domain reference 12.9).
 * @throws Failure `refused` when Ocrolus refuses all of it; the document is written all the same.
 */
export async function captureDocument(
  observing: Observing,
  observation: BookObservation,
  document: ObservedDocument,
  generation: number,
  formsUuid: string | undefined = undefined,
): Promise<Observed> {
  const { bookUuid: bookId, observedAt } = observation;
  const { docUuid } = document;
  const formsCalls = [...new Set([formsUuid ?? docUuid, docUuid])].map(calls.documentForms);
  const write = (settled: boolean) =>
    observing.batch.once<WriteOutcome>(`document ${docUuid} ${observedAt} ${settled}`, () =>
      writeDocument(observing.parts.table, {
        bookId,
        document,
        observedAt,
        generation,
        ...(settled && { capturedAt: observing.parts.now().toISOString() }),
      }),
    );
  try {
    const results = await each([
      async () => {
        const answer = await askFirstFound(observing, formsCalls);
        return storeResult(observing, { bookId, kind: 'forms', subject: docUuid, generation }, answer);
      },
      async () => {
        const answer = await observing.ask(calls.documentTransactions(bookId, docUuid));
        return storeResult(observing, { bookId, kind: 'transactions', subject: docUuid, generation }, answer);
      },
    ]);
    const written = await write(true);
    return { outcome: results.outcome === 'unchanged' ? written : results.outcome, reason: results.reason };
  } catch (error) {
    // A refused one will never have more, and nobody shall come back for it; one that is late has its status.
    const failure = asFailure(error);
    if (failure.class === 'refused' || failure.class === 'later') await write(failure.class === 'refused');
    throw error;
  }
}

/** The answer of the first call that Ocrolus does not refuse. */
async function askFirstFound(observing: Observing, candidates: readonly Call[]): Promise<Answer> {
  for (const [index, call] of candidates.entries()) {
    try {
      return await observing.ask(call);
    } catch (error) {
      const last = index === candidates.length - 1;
      if (last || asFailure(error).class !== 'refused') throw error;
    }
  }
  throw new Error('no call to make');
}
