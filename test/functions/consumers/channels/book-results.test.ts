import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, error, signals, TOO_EARLY } from '../testing/answers.ts';
import { createHarness, type Harness, look, receive } from '../testing/harness.ts';
import { entryOf } from '../testing/stored.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
  harness.ocrolus.says(
    calls.bookStatus({ bookUuid: 'b' }),
    bookStatus('b', 'VERIFYING', [{ uuid: 'd', status: 'CLASSIFIED' }]),
  );
});

const results = async () =>
  (await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);
const deliver = (eventName: string, attempts = 1) =>
  receive(harness, [delivery(eventName, { bookUuid: 'b' }, { receivedAt: harness.clock.iso() })], {
    attempts,
  });

test('suspicious activity: the flags of the book, counted', async () => {
  const flags = [{ suspicious_activity_detected: true }, { suspicious_activity_detected: false }];
  const body = { response: { suspicious_activity_results: [{ flags }] } };
  harness.ocrolus.says(calls.suspiciousActivityFlags('b'), { body });
  await deliver('SUSPICIOUS_ACTIVITY');
  expect(await harness.reader.results('b')).toMatchObject([
    { kind: 'suspicious-activity', subject: 'b', summary: { flags: 2, detected: 1 } },
  ]);
});

describe('income', () => {
  test('is the calculations and their summary', async () => {
    harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [{}] } });
    harness.ocrolus.says(calls.incomeSummary('b'), { body: { income_summary_data: [] } });
    await deliver('book.income.generated');
    expect(await results()).toEqual(['income b', 'income b@summary']);
    expect(await harness.reader.book('b')).toMatchObject({ income: { state: 'available' } });
  });

  test('that was edited is stored again, under the next generation', async () => {
    harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
    for (const amount of ['1.00', '2.00']) {
      harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [{ amount }] } });
      await deliver('book.income.updated');
      harness.clock.advance(10);
    }
    expect(await harness.reader.results('b')).toMatchObject([{ generation: 2 }, { generation: 1 }]);
    expect(String(await harness.reader.resultBody('b', 'income'))).toContain('2.00');
  });

  test('of which one half is refused is stored in part, and stays missing', async () => {
    harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [{}] } });
    harness.ocrolus.says(calls.incomeSummary('b'), { httpStatus: 403, body: {} });
    await deliver('book.income.generated', 3);
    expect(await results()).toEqual(['income b']);
    expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'income', code: 'http-403' }]);
  });
});

test('classification: the summary of the book, and its documents as they are', async () => {
  harness.ocrolus.says(calls.classificationSummary('b'), { body: { response: { forms: [] } } });
  await deliver('book.classified');
  expect(await results()).toEqual(['classification b']);
  expect(await harness.reader.book('b')).toMatchObject({ documents: { CLASSIFIED: 1 } });
});

describe('Middesk', () => {
  const deliverBusiness = () =>
    receive(harness, [
      delivery(
        'MIDDESK_VERIFIED',
        { bookUuid: 'b', businessUuid: 'biz' },
        { receivedAt: harness.clock.iso() },
      ),
    ]);
  const says = (status: string) =>
    harness.ocrolus.says(calls.business('b', 'biz'), { body: { middesk_response: { status } } });

  test('the business that the event names', async () => {
    says('approved');
    await deliverBusiness();
    expect(await harness.reader.results('b')).toMatchObject([
      { kind: 'business', subject: 'biz', summary: { status: 'approved' } },
    ]);
    expect(await harness.reader.missing('b')).toEqual([]);
  });

  test('without a business: those that are known, else the event is refused', async () => {
    await deliver('MIDDESK_VERIFIED');
    expect(await harness.reader.events('b')).toMatchObject([
      { outcome: 'refused', reason: 'no-business-id' },
    ]);

    says('in_review');
    await deliverBusiness();
    harness.clock.advance(10);
    says('approved');
    await deliver('MIDDESK_VERIFIED');
    expect(await harness.reader.results('b')).toMatchObject([{ summary: { status: 'approved' } }]);
  });

  test('that is pending is stored as it is, and asked for until it is not', async () => {
    says('pending');
    await deliverBusiness();
    expect(harness.visibility.get('receipt-0')).toBe(3);
    await receive(harness, [delivery('MIDDESK_VERIFIED', { bookUuid: 'b', businessUuid: 'biz' })], {
      attempts: 3,
    });
    expect(await harness.reader.results('b')).toMatchObject([{ summary: { status: 'pending' } }]);
    expect(await harness.reader.missing('b')).toMatchObject([
      { kind: 'business', subject: 'biz', state: 'pending', code: 'middesk-pending' },
    ]);
    harness.clock.advance(300);
    says('approved');
    await receive(harness, [look('b')]);
    expect(await harness.reader.results('b')).toMatchObject([{ summary: { status: 'approved' } }]);
    expect(await harness.reader.missing('b')).toEqual([]);
  });
});

describe('Detect of a book', () => {
  const saysStatus = (...uuids: string[]) => {
    const docs = uuids.map((uuid) => ({ uuid, status: 'VERIFYING' }));
    harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  };
  /** All documents of the book are stored. */
  const storeDocuments = async (...uuids: string[]) => {
    saysStatus(...uuids);
    await deliver('document.upload_succeeded');
  };

  test('all its signals, also for documents whose own event did not arrive', async () => {
    await storeDocuments('d', 'e');
    harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
    await receive(harness, [
      delivery('document.detect.signal_found', { bookUuid: 'b', uploadedDocUuid: 'd' }),
    ]);
    const [before] = await harness.reader.documents('b');
    harness.clock.advance(60);
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'UNABLE_TO_PROCESS' }));
    await deliver('book.detect.signal_found');
    expect(await results()).toEqual(['signals b', 'signals d']);
    const [d, e] = await harness.reader.documents('b');
    // The event said nothing new about this document.
    expect(d).toEqual(before);
    expect(e).toMatchObject({ docUuid: 'e', detect: { state: 'UNABLE_TO_PROCESS' } });
    expect(await harness.reader.book('b')).toMatchObject({ detect: { state: 'available' } });
  });

  test('writes no document that Book status has not shown', async () => {
    await storeDocuments('d');
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', x: 'COMPLETED' }));
    await deliver('book.detect.signal_found');
    expect((await harness.reader.documents('b')).map(({ docUuid }) => docUuid)).toEqual(['d']);
  });

  test('a document that is pending does not withhold the signals of the others', async () => {
    await storeDocuments('d', 'e');
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'PENDING' }));
    await deliver('book.detect.signal_found', 3);
    expect(await results()).toEqual(['signals b']);
    expect(await harness.reader.documents('b')).toMatchObject([
      { docUuid: 'd', detect: { state: 'COMPLETED' } },
      { docUuid: 'e' },
    ]);
    expect((await harness.reader.documents('b'))[1]).not.toHaveProperty('detect');
    expect(await harness.reader.missing('b')).toMatchObject([
      { kind: 'signals', subject: 'b', state: 'pending', code: 'detect-pending' },
    ]);
    expect(await harness.reader.events('b')).toContainEqual(
      expect.objectContaining({ outcome: 'waiting', reason: 'detect-pending' }),
    );
  });

  test('that is refused, or not there yet, is asked for again', async () => {
    harness.ocrolus.says(calls.bookSignals('b'), error(403, 9005));
    await deliver('book.detect.signal_found', 3);
    const signalsOfBook = () => entryOf(harness.table, 'b', 'signals');
    expect(await signalsOfBook()).toMatchObject({ answered: 0, code: '9005', nextAt: expect.any(String) });
    expect(await harness.reader.book('b')).not.toHaveProperty('detect');
    harness.clock.advance(60);
    harness.ocrolus.says(calls.bookSignals('b'), TOO_EARLY);
    await deliver('book.detect.signal_not_found', 3);
    expect(await signalsOfBook()).toMatchObject({ answered: 0, code: '1404', tries: 1 });
  });
});
