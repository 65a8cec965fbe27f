import { expect, test } from 'vitest';
import type { EventIds } from '../../../../shared/events/ids.ts';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { BOTH, BY_PK, PK, UUID, useForgetting } from '../testing/forgetting.ts';

const book = useForgetting();

const nothing = async () => {};
const stored = () => book.storeDue();
const waiting = async () => {
  await book.sendRefused();
  book.saysPersonal();
};
const reopened = async () => {
  await book.storeDue();
  book.saysPersonal('VERIFYING');
};
const failing = async () => {
  const forms = book.ocrolus.script(calls.documentForms('d'));
  book.answers(calls.documentForms('d'), new Failure('retry', 'http-500'), ...forms);
};

type Step = () => Promise<unknown>;
const of =
  (eventName: string, ids: EventIds = {}, first = 1): Step =>
  () =>
    book.sendUntilDone(eventName, ids, first);
const ofBook = of('BOOK_VERIFIED');
const ofBookByPk = of('BOOK_VERIFIED', BY_PK);
const D = { uploadedDocUuid: 'd' };
const ofDocument = of('DOC_VERIFIED', D);
const byPk = of('DOC_VERIFIED', { ...BY_PK, uploadedDocPk: '70' });
const poll = () => book.poll();
const SIGNALS = 'document.detect.signal_found';

/** The earlier state; the work in progress; the ids by which the book is forgotten. */
const CASES: readonly (readonly [string, Step, Step, typeof BOTH])[] = [
  ['a book that is announced for the first time', nothing, ofBook, BOTH],
  ['the same, and its pk is not known', nothing, ofBook, UUID],
  ['the same, by its pk alone', nothing, ofBook, PK],
  ['a document', stored, ofDocument, BOTH],
  ['a document, received again', stored, of('DOC_VERIFIED', D, 2), BOTH],
  ['a document of an unknown book', nothing, ofDocument, BOTH],
  ['a document whose book names the pk', nothing, byPk, BOTH],
  ['the same, and only the pk is forgotten', nothing, byPk, PK],
  ['the same, and only the uuid is forgotten', nothing, byPk, UUID],
  ['an event that waits for its book', waiting, ofBookByPk, BOTH],
  ['the same, and only the pk is forgotten', waiting, ofBookByPk, PK],
  ['a reopened book', reopened, ofDocument, BOTH],
  ['signals of a document', stored, of(SIGNALS, D), BOTH],
  ['signals, without a book', stored, of(SIGNALS, { ...D, bookUuid: undefined }), BOTH],
  ['analytics', stored, of('book.analytics_v2.generated'), BOTH],
  ['an unknown event', stored, of('book.something_new'), BOTH],
  ['an upload that failed', stored, of('document.upload_failed'), BOTH],
  ['an attempt that fails', failing, ofDocument, BOTH],
  ['a poll', stored, poll, BOTH],
  ['a poll of a reopened book', reopened, poll, BOTH],
];

test.each(CASES)(
  'whatever is at work, nothing is left of a forgotten book: %s',
  async (_name, prepare, work, ids) => {
    for (let n = 0; ; n += 1) {
      if (n > 0) await book.reset();
      await prepare();
      book.before(n, async () => {
        await book.forget(ids);
        // The poller may have looked before the rest is written.
        if (n % 2 === 0) await book.poller.run();
      });
      await work();
      if (!book.hasHappened()) {
        expect(n).toBeGreaterThan(0);
        return;
      }
      await book.settle();
      await book.expectForgotten();
      // And it stays so, whatever is announced.
      await work();
      await ofBook();
      await ofBookByPk();
      book.clock.advance(3600);
      await book.poll();
      await book.expectForgotten();
    }
  },
);
