import { describe, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import {
  BOTH,
  createForgettingHarness,
  deliverUntilDone,
  expectForgotten,
  type ForgettingHarness,
  IN_FLIGHT_SECONDS,
  nothing,
  PK,
  poll,
  saysPersonal,
  stored,
  UUID,
  waiting,
} from '../testing/forgetting.ts';

async function reopened(harness: ForgettingHarness): Promise<void> {
  await stored(harness);
  saysPersonal(harness, 'VERIFYING');
}

async function failing(harness: ForgettingHarness): Promise<void> {
  const [forms] = harness.ocrolus.script(calls.documentForms('d'));
  if (forms === undefined) throw new Error('no forms');
  harness.ocrolus.says(calls.documentForms('d'), new Failure('retry', 'http-500'), forms);
}

type Step = (harness: ForgettingHarness) => Promise<unknown>;

const ofBook = deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' });
const ofBookByPk = deliverUntilDone('BOOK_VERIFIED', { bookPk: '7' });
const NAMED = { bookUuid: 'b', uploadedDocUuid: 'd' };
const ofDocument = deliverUntilDone('DOC_VERIFIED', NAMED);
const byPk = deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' });
const SIGNALS = 'document.detect.signal_found';

/** The earlier state; the work in progress; the ids by which the book is forgotten. */
const CASES: readonly (readonly [string, Step, Step, typeof BOTH])[] = [
  ['a book that is announced for the first time', nothing, ofBook, BOTH],
  ['the same, and its pk is not known', nothing, ofBook, UUID],
  ['the same, by its pk alone', nothing, ofBook, PK],
  ['a document', stored, ofDocument, BOTH],
  ['a document, received again', stored, deliverUntilDone('DOC_VERIFIED', NAMED, 2), BOTH],
  ['a document of an unknown book', nothing, ofDocument, BOTH],
  ['a document whose book names the pk', nothing, byPk, BOTH],
  ['the same, and only the pk is forgotten', nothing, byPk, PK],
  ['the same, and only the uuid is forgotten', nothing, byPk, UUID],
  ['an event that waits for its book', waiting, ofBookByPk, BOTH],
  ['the same, and only the pk is forgotten', waiting, ofBookByPk, PK],
  ['a reopened book', reopened, ofDocument, BOTH],
  ['signals of a document', stored, deliverUntilDone(SIGNALS, NAMED), BOTH],
  ['signals, without a book', stored, deliverUntilDone(SIGNALS, { uploadedDocUuid: 'd' }), BOTH],
  ['analytics', stored, deliverUntilDone('book.analytics_v2.generated', { bookUuid: 'b' }), BOTH],
  ['an unknown event', stored, deliverUntilDone('book.something_new', { bookUuid: 'b' }), BOTH],
  ['an upload that failed', stored, deliverUntilDone('document.upload_failed', { bookUuid: 'b' }), BOTH],
  ['an attempt that fails', failing, ofDocument, BOTH],
  ['a poll', stored, poll, BOTH],
  ['a poll of a reopened book', reopened, poll, BOTH],
];

describe('whatever is in progress when a book is forgotten, nothing of it is left a quarter of an hour later', () => {
  test.each(CASES)('%s', async (_name, prepare, work, ids) => {
    for (let n = 0; ; n += 1) {
      const harness = await createForgettingHarness();
      await prepare(harness);
      harness.before(n, async () => {
        await harness.forget(ids);
        // The poller may have looked before the rest is written.
        if (n % 2 === 0) await harness.run();
      });
      await work(harness);
      if (!harness.hasHappened) {
        expect(n).toBeGreaterThan(0);
        return;
      }
      await harness.process();
      harness.clock.advance(IN_FLIGHT_SECONDS);
      await poll(harness);
      // This poll finds the other id of a book that was forgotten by one only, and the next one removes it.
      await poll(harness);
      await expectForgotten(harness);
      // And it stays so, whatever is announced.
      await work(harness);
      await ofBook(harness);
      await ofBookByPk(harness);
      harness.clock.advance(3600);
      await poll(harness);
      await expectForgotten(harness);
    }
  });
});
