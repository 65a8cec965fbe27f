import { beforeEach, describe, expect, test } from 'vitest';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readOpenItem } from '../../../shared/store/polling/open-items.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { second } from '../../store/testing/observations.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, signals, TOO_EARLY } from '../testing/answers.ts';
import { saysAnalytics } from '../testing/complete-book.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
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
const polled = (more: Partial<Envelope> = {}) =>
  delivery(
    'poll.results',
    { bookUuid: 'b' },
    { source: 'poll', channel: 'book-results', wants: [{ kind: 'summary', subject: 'b' }], ...more },
  );
const summary = () => entryOf(harness.table, 'b', 'summary');

test('what Ocrolus does not have yet is retried twice within seconds', async () => {
  const message = event();
  expect(await receive(harness, [message], { attempts: 1 })).toEqual(['message-0']);
  expect(harness.visibility.get('receipt-0')).toBe(3);
  expect(await harness.reader.missing('b')).toEqual([]);
  expect(await receive(harness, [message], { attempts: 2 })).toEqual(['message-0']);
  expect(harness.visibility.get('receipt-0')).toBe(15);
  expect(await harness.reader.events('b')).toEqual([]);
});

test('what the first attempt has fetched is not requested by the second', async () => {
  const message = event();
  await receive(harness, [message], { attempts: 1 });
  await receive(harness, [message], { attempts: 2 });
  expect(harness.ocrolus.count('Book-summary')).toBe(2);
  expect(harness.ocrolus.count('cash-flow-features')).toBe(1);
});

test('then it is pending in the checklist, and the message is finished', async () => {
  const message = event();
  expect(await receive(harness, [message], { attempts: 3 })).toEqual([]);
  expect(await harness.reader.events('b')).toMatchObject([
    { outcome: 'waiting', reason: '1404', attempts: 3 },
  ]);
  expect(await harness.reader.missing('b')).toMatchObject([
    {
      kind: 'summary',
      subject: 'b',
      state: 'pending',
      code: '1404',
      attempts: 1,
      nextAt: expect.any(String),
    },
  ]);
  expect(await summary()).toMatchObject({ openedAt: message.receivedAt });
  const { nextAt = '' } = (await summary()) ?? {};
  expect(Date.parse(nextAt) - harness.clock.now()).toBe(300_000);
  const { dueAt = '' } = (await harness.reader.book('b')) ?? {};
  expect(dueAt <= nextAt).toBe(true);
});

test('a message of the poller has no quick retries, because the poller sends again', async () => {
  expect(await receive(harness, [polled()])).toEqual([]);
  expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'summary', state: 'pending' }]);
});

test('what is still not ready when the poller asks is requested after twice the pause', async () => {
  await receive(harness, [event()], { attempts: 3 });
  harness.clock.advance(300);
  const askedAt = harness.clock.now();
  await receive(harness, [polled()]);
  expect(await summary()).toMatchObject({ state: 'pending', attempts: 2 });
  expect(Date.parse((await summary())?.nextAt ?? '') - askedAt).toBeGreaterThanOrEqual(600_000);
  expect(Date.parse((await summary())?.nextAt ?? '') - askedAt).toBeLessThan(601_000);
});

test('a result that is ready when the poller asks is stored, and nothing is missing', async () => {
  await receive(harness, [event()], { attempts: 3 });
  harness.ocrolus.says(calls.bookSummary('b'), { body: { number_of_docs_processed: 3 } });
  expect(await receive(harness, [polled()])).toEqual([]);
  expect(await harness.reader.missing('b')).toEqual([]);
  expect(await harness.reader.results('b')).toContainEqual(
    expect.objectContaining({ kind: 'summary', summary: { documents: 3 } }),
  );
});

test('a job that was started is kept in the entry', async () => {
  harness.ocrolus.says(calls.bookSummary('b'), { httpStatus: 422, body: { status: 422, code: 1100 } });
  harness.ocrolus.says(calls.bookSummary('b', true), { httpStatus: 202, body: { job_id: 'j' } });
  await receive(harness, [event()], { attempts: 3 });
  expect(await summary()).toMatchObject({ state: 'pending', code: 'job-started', job: 'j' });
});

test('each document of a book has an entry of its own', async () => {
  const docs = ['d1', 'd2'].map((uuid) => ({ uuid, status: 'VERIFICATION_COMPLETE' }));
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  for (const docUuid of ['d1', 'd2']) {
    harness.ocrolus.says(calls.documentForms(docUuid), TOO_EARLY);
    harness.ocrolus.says(calls.documentTransactions('b', docUuid), { body: { response: { txns: [] } } });
  }
  const wants = ['d1', 'd2'].flatMap((subject) =>
    (['forms', 'transactions'] as const).map((kind) => ({ kind, subject })),
  );
  await receive(harness, [polled({ wants, channel: 'doc-verified' })]);
  expect(await harness.reader.missing('b')).toMatchObject([
    { kind: 'forms', subject: 'd1', state: 'pending' },
    { kind: 'forms', subject: 'd2', state: 'pending' },
  ]);
  expect(await harness.reader.book('b')).toMatchObject({ dueAt: expect.any(String) });
});

test('an answer to an older event does not close the entry of a later one', async () => {
  const later = delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt: second(99) });
  await receive(harness, [later], { attempts: 3 });
  // Asked for an event of some seconds before: the clocks of two Lambdas may differ by that much.
  harness.ocrolus.says(calls.bookSummary('b'), { body: {} });
  await receive(harness, [event()], { attempts: 3 });
  expect(await summary()).toMatchObject({ state: 'pending', openedAt: later.receivedAt });
  harness.clock.advance(10);
  await receive(harness, [polled()]);
  expect(await summary()).toMatchObject({ state: 'stored' });
});

describe('an event without a book', () => {
  const nameless = () => delivery('document.detect.signal_found', { uploadedDocUuid: 'd' });
  const open = () => readOpenItem(harness.table, 'OPEN#signals#d');
  const followUp = () =>
    delivery(
      'poll.signals',
      { uploadedDocUuid: 'd' },
      { source: 'poll', channel: 'detect-signal-found', wants: [{ kind: 'signals', subject: 'd' }] },
    );

  test('is kept with a schedule of its own until an answer names the book', async () => {
    harness.ocrolus.says(calls.documentSignals('d'), TOO_EARLY);
    expect(await receive(harness, [nameless()])).toEqual(['message-0']);
    expect(await open()).toBeUndefined();
    expect(await receive(harness, [nameless()], { attempts: 3 })).toEqual([]);
    expect(await harness.reader.events('account')).toMatchObject([{ outcome: 'waiting', reason: '1404' }]);
    expect(await open()).toMatchObject({
      account: 'default',
      ids: { uploadedDocUuid: 'd' },
      entry: { state: 'pending', code: '1404' },
      dueAt: expect.any(String),
    });

    const docs = [{ uuid: 'd', status: 'VERIFYING' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
    harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
    expect(await receive(harness, [followUp()])).toEqual([]);
    expect(await open()).toBeUndefined();
    expect(await harness.reader.results('b')).toMatchObject([{ kind: 'signals', subject: 'd' }]);
  });

  test.each([
    ['is refused', { httpStatus: 403, body: { message: 'Forbidden' } }, 'http-403'],
    ['does not name the book', signals(undefined, { d: 'COMPLETED' }), 'no-book-id'],
  ])('is kept when the answer %s', async (_, reply, code) => {
    harness.ocrolus.says(calls.documentSignals('d'), reply);
    expect(await receive(harness, [nameless()], { attempts: 3 })).toEqual([]);
    expect(await open()).toMatchObject({ entry: { code }, dueAt: expect.any(String) });
    expect(await harness.reader.events('account')).toMatchObject([{ outcome: 'waiting', reason: code }]);
  });

  test('that names a part of a split upload is kept, and its signals are stored when they are there', async () => {
    const part = { docUuid: 'part' };
    harness.ocrolus.says(calls.documentSignals('part'), {
      httpStatus: 404,
      body: { status: 404, code: 1501 },
    });
    harness.ocrolus.says(calls.partSignals('part'), TOO_EARLY);
    await receive(harness, [delivery('document.detect.signal_found', part)], { attempts: 3 });
    const docs = [{ uuid: 'upload', status: 'VERIFYING' }];
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
    harness.ocrolus.says(calls.partSignals('part'), signals('b', { upload: 'COMPLETED' }));
    const wants = [{ kind: 'signals', subject: 'part' }] as const;
    const followed = delivery('poll.signals', part, {
      source: 'poll',
      channel: 'detect-signal-found',
      wants: [...wants],
    });
    expect(await receive(harness, [followed])).toEqual([]);
    expect(await harness.reader.results('b')).toMatchObject([{ kind: 'signals', subject: 'upload' }]);
    expect(await harness.reader.documents('b')).toMatchObject([{ docUuid: 'upload', status: 'VERIFYING' }]);
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
