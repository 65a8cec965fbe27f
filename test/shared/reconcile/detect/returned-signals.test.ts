import { describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { document } from '../../../functions/consumers/testing/answers.ts';
import { receive } from '../../../functions/consumers/testing/harness.ts';
import { useBook } from '../testing/book.ts';

const book = useBook();

test.each(['VERIFIED', 'VERIFYING'])(
  'an event of Detect about a new document makes a book incomplete: %s',
  async (status) => {
    book.saysEverything('d', 'e');
    book.says('VERIFIED', [document('d')]);
    await book.complete(3);
    book.says(status, [document('d'), document('e', status === 'VERIFIED' ? undefined : 'VERIFYING')]);
    await book.untilDone('document.detect.signal_found', { uploadedDocUuid: 'e' });
    expect(await book.document('e')).toBeDefined();
    expect(await book.shown()).toMatchObject({ complete: false });
    book.says('VERIFIED', [document('d')]);
    await book.live(5);
    expect(await book.document('e')).toMatchObject({ status: 'UNLISTED' });
  },
);

describe('signals of an active document do not count for the verified document', () => {
  const CALLS = [calls.documentSignals('d'), calls.partSignals('d'), calls.bookSignals('b')];
  /** Lets Detect have another answer once a document is verified again. */
  const saysVersion = (version: number) => {
    const doc_analysis = [{ uploaded_doc_uuid: 'd', detect_status: 'COMPLETED', version }];
    for (const call of CALLS) book.answers(call, { body: { book_uuid: 'b', doc_analysis } });
  };
  /** A complete book, of which the document is active again. */
  const reopen = async () => {
    saysVersion(1);
    await book.complete();
    book.says('VERIFYING', [document('d', 'VERIFYING')]);
    await book.liveAfter('document.upload_succeeded', { hours: 2 });
  };
  const verifyAgain = async () => {
    book.says('VERIFIED', [document('d')]);
    saysVersion(2);
    await book.live(3);
    expect(await book.shown()).toMatchObject({ complete: true });
    expect(await newest()).toContain('"version":2');
  };
  /** Signals of the document or of its book, whichever were fetched later. */
  const newest = async () => {
    const stored = (await book.reader.results('b')).filter(({ kind }) => kind === 'signals');
    const [latest] = stored.sort((one, other) => (one.fetchedAt < other.fetchedAt ? 1 : -1));
    return book.body('signals', latest?.subject);
  };

  test.each(['document.detect.signal_found', 'book.detect.signal_found'])(
    'if a late %s brings them',
    async (event) => {
      await reopen();
      await book.deliver(event, { uploadedDocUuid: 'd' });
      await verifyAgain();
    },
  );

  test('if they were requested while it was active, and are written once it is verified', async () => {
    await reopen();
    const other = book.anotherConsumer();
    const [before] = book.ocrolus.script(calls.documentSignals('d'));
    let isMeanwhile = false;
    // The answer is on its way while the document is verified, and another consumer writes that.
    book.ocrolus.before = async (target) => {
      if (isMeanwhile || !target.includes('/signals')) return;
      isMeanwhile = true;
      const asked = book.clock.now();
      book.clock.advance(1);
      book.says('VERIFIED', [document('d')]);
      await receive(other, [book.event('BOOK_VERIFIED')]);
      book.clock.advance((asked - book.clock.now()) / 1000);
      book.answers(target, ...(before === undefined ? [] : [before]));
    };
    await book.deliver('document.detect.signal_found', { uploadedDocUuid: 'd' });
    expect(isMeanwhile).toBe(true);
    book.clock.advance(10);
    await verifyAgain();
  });
});
