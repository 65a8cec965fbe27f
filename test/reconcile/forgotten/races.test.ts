import { describe, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import {
  BOTH,
  createForgettingHarness,
  expectForgotten,
  type ForgettingHarness,
  PK,
  saysPersonal,
  UUID,
} from '../testing/forgetting.ts';
import {
  deliverUntilDone,
  IN_FLIGHT_SECONDS,
  nothing,
  poll,
  stored,
  waiting,
} from '../testing/forgotten-steps.ts';

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

/** The earlier state; the work in progress; the ids by which the book is forgotten. */
const CASES: readonly (readonly [string, Step, Step, typeof BOTH])[] = [
  [
    'a book that is announced for the first time',
    nothing,
    deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' }),
    BOTH,
  ],
  ['the same, and its pk is not known', nothing, deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' }), UUID],
  ['the same, by its pk alone', nothing, deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' }), PK],
  ['a document', stored, deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }), BOTH],
  [
    'a document, received again',
    stored,
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }, 2),
    BOTH,
  ],
  [
    'a document of an unknown book',
    nothing,
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
  [
    'a document whose book names the pk',
    nothing,
    deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    BOTH,
  ],
  [
    'the same, and only the pk is forgotten',
    nothing,
    deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    PK,
  ],
  [
    'the same, and only the uuid is forgotten',
    nothing,
    deliverUntilDone('DOC_VERIFIED', { bookPk: '7', uploadedDocPk: '70' }),
    UUID,
  ],
  ['an event that waits for its book', waiting, deliverUntilDone('BOOK_VERIFIED', { bookPk: '7' }), BOTH],
  ['the same, and only the pk is forgotten', waiting, deliverUntilDone('BOOK_VERIFIED', { bookPk: '7' }), PK],
  [
    'a reopened book',
    reopened,
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
  [
    'signals of a document',
    stored,
    deliverUntilDone('document.detect.signal_found', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
  [
    'signals, without a book',
    stored,
    deliverUntilDone('document.detect.signal_found', { uploadedDocUuid: 'd' }),
    BOTH,
  ],
  ['analytics', stored, deliverUntilDone('book.analytics_v2.generated', { bookUuid: 'b' }), BOTH],
  ['an unknown event', stored, deliverUntilDone('book.something_new', { bookUuid: 'b' }), BOTH],
  ['an upload that failed', stored, deliverUntilDone('document.upload_failed', { bookUuid: 'b' }), BOTH],
  [
    'an attempt that fails',
    failing,
    deliverUntilDone('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    BOTH,
  ],
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
      await deliverUntilDone('BOOK_VERIFIED', { bookUuid: 'b' })(harness);
      await deliverUntilDone('BOOK_VERIFIED', { bookPk: '7' })(harness);
      harness.clock.advance(3600);
      await poll(harness);
      await expectForgotten(harness);
    }
  });
});
