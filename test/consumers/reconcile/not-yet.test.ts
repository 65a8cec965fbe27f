import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, error, signals, TOO_EARLY } from '../testing/answers.ts';
import { saysAnalytics } from '../testing/complete-book.ts';
import { createHarness, type Harness, look, receive } from '../testing/harness.ts';
import { entryOf } from '../testing/stored.ts';

const createTable = useTables();
let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await createTable());
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  saysAnalytics(harness.ocrolus);
  harness.ocrolus.says(calls.bookSummary('b'), TOO_EARLY);
});

const event = () => delivery('book.analytics_v2.generated', { bookUuid: 'b' });
const summary = () => entryOf(harness.table, 'b', 'summary');

test('what Ocrolus does not have yet is retried twice within seconds', async () => {
  const message = event();
  expect(await receive(harness, [message], { attempts: 1 })).toEqual(['message-0']);
  expect(harness.visibility.get('receipt-0')).toBe(3);
  expect(await receive(harness, [message], { attempts: 2 })).toEqual(['message-0']);
  expect(harness.visibility.get('receipt-0')).toBe(15);
  expect(await harness.reader.events('b')).toEqual([]);
});

test('then it is pending in the checklist, and the message is finished', async () => {
  expect(await receive(harness, [event()], { attempts: 3 })).toEqual([]);
  expect(await harness.reader.events('b')).toMatchObject([
    { outcome: 'waiting', reason: '1404', attempts: 3 },
  ]);
  expect(await harness.reader.missing('b')).toMatchObject([
    { kind: 'summary', subject: 'b', state: 'pending', code: '1404', attempts: 1 },
  ]);
  const { nextAt = '' } = (await summary()) ?? {};
  expect(Date.parse(nextAt) - harness.clock.now()).toBe(300_000);
  const { dueAt = '' } = (await harness.reader.book('b')) ?? {};
  expect(dueAt <= nextAt).toBe(true);
});

test('what is still not ready at a later look is asked for after as long as it has been missing', async () => {
  await receive(harness, [event()], { attempts: 3 });
  harness.clock.advance(600);
  expect(await receive(harness, [look('b')])).toEqual([]);
  expect(await summary()).toMatchObject({ answered: 0, tries: 2 });
  const { since = '', nextAt = '' } = (await summary()) ?? {};
  expect(Date.parse(nextAt) - harness.clock.now()).toBe(harness.clock.now() - Date.parse(since));
});

test('a result that is ready at the next look is stored, and nothing is missing', async () => {
  await receive(harness, [event()], { attempts: 3 });
  harness.clock.advance(300);
  harness.ocrolus.says(calls.bookSummary('b'), { body: { number_of_docs_processed: 3 } });
  expect(await receive(harness, [look('b')])).toEqual([]);
  expect(await harness.reader.missing('b')).toEqual([]);
  expect(await harness.reader.results('b')).toContainEqual(
    expect.objectContaining({ kind: 'summary', summary: { documents: 3 } }),
  );
});

describe('an event without a book', () => {
  const nameless = () => delivery('document.detect.signal_found', { uploadedDocUuid: 'd' });

  test('waits until an answer of Detect names the book', async () => {
    harness.ocrolus.says(calls.documentSignals('d'), TOO_EARLY);
    const message = nameless();
    expect(await receive(harness, [message], { attempts: 3 })).toEqual(['message-0']);
    expect(harness.visibility.get('receipt-0')).toBe(900);
    expect(await harness.reader.events('account')).toMatchObject([{ outcome: 'retrying', codes: ['1404'] }]);

    const docs = [{ uuid: 'd', status: 'VERIFYING' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
    harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
    expect(await receive(harness, [message], { attempts: 4 })).toEqual([]);
    expect(await harness.reader.results('b')).toContainEqual(
      expect.objectContaining({ kind: 'signals', subject: 'd' }),
    );
    expect(await harness.reader.events('account')).toMatchObject([{ outcome: 'applied', bookUuid: 'b' }]);
  });

  test.each([
    ['is refused', { httpStatus: 403, body: { message: 'Forbidden' } }, 'http-403'],
    ['does not name the book', signals(undefined, { d: 'COMPLETED' }), 'no-book-id'],
  ])('is refused after three days in which the answer %s', async (_, reply, code) => {
    harness.ocrolus.says(calls.documentSignals('d'), reply);
    const message = nameless();
    expect(await receive(harness, [message], { attempts: 3 })).toEqual(['message-0']);
    harness.clock.advance(3 * 86_400);
    expect(await receive(harness, [message], { attempts: 19 })).toEqual([]);
    expect(await harness.reader.events('account')).toMatchObject([{ outcome: 'refused', reason: code }]);
  });

  test('that names a part of a split upload finds the book by it, and fetches the signals of the book', async () => {
    harness.ocrolus.says(calls.documentSignals('part'), error(404, 1501));
    harness.ocrolus.says(calls.partSignals('part'), signals('b', { upload: 'COMPLETED' }));
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { upload: 'COMPLETED' }));
    const docs = [{ uuid: 'upload', status: 'VERIFYING' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
    await receive(harness, [delivery('document.detect.signal_found', { docUuid: 'part' })], { attempts: 3 });
    expect(await harness.reader.results('b')).toMatchObject([{ kind: 'signals', subject: 'b' }]);
    expect(await harness.reader.documents('b')).toMatchObject([
      { docUuid: 'upload', detect: { state: 'COMPLETED' } },
    ]);
  });

  test.each(['BOOK_VERIFIED', 'book.income.generated', 'MIDDESK_VERIFIED'])(
    '%s is refused: nothing can be asked for',
    async (eventName) => {
      expect(await receive(harness, [delivery(eventName, {})])).toEqual([]);
      expect(await harness.reader.events('account')).toMatchObject([
        { outcome: 'refused', reason: 'no-book-id' },
      ]);
      expect(harness.ocrolus.asked).toEqual([]);
    },
  );
});
