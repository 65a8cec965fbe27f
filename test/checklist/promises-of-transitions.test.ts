import { describe, expect, it } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook, updateBook } from '../../shared/store/books.ts';
import { observeDocument, readDocument, updateDocument } from '../../shared/store/documents.ts';
import { bookStatus, error, saysCaptured, signals, TOO_EARLY } from '../consumers/testing/answers.ts';
import { saysComplete } from '../consumers/testing/complete-book.ts';
import { createHarness, receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { document, observation, second } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';

/* What the rules of single entries come to, with the real consumers and poller around them. */

const createTable = useTables();
const fresh = async () => createPollerHarness(await memoryTable());

const FORBIDDEN = { httpStatus: 403, body: { message: 'Forbidden' } };

/** A book that has everything, whose probes are still to come. */
async function completeBook(): Promise<PollerHarness> {
  const harness = await fresh();
  saysComplete(harness.ocrolus);
  await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await harness.live(0.5);
  expect(await harness.reader.book('b')).toMatchObject({ complete: true });
  return harness;
}

describe('probes', () => {
  it('of a book without further results cost three calls of each kind, and end', async () => {
    const harness = await completeBook();
    await harness.live(14);
    const asked = () =>
      ['income-calculations', 'classification-summary', 'suspicious-activity-flags', 'analytics'].map(
        (operation) => harness.ocrolus.count(operation),
      );
    expect(asked()).toEqual([3, 3, 3, 3]);
    await harness.live(20);
    expect(asked()).toEqual([3, 3, 3, 3]);
    expect(await harness.reader.book('b')).toMatchObject({ complete: true });
  }, 120_000);

  it('are replaced by an entry for the event that announces the result, even if a proxy refuses its first call', async () => {
    const harness = await completeBook();
    harness.ocrolus.says(calls.incomeCalculations('b'), FORBIDDEN, { body: { income: 1 } });
    harness.ocrolus.says(calls.incomeSummary('b'), FORBIDDEN, { body: { income: 1 } });
    const receivedAt = harness.clock.iso();
    await receive(harness.consumers, [delivery('book.income.generated', { bookUuid: 'b' }, { receivedAt })]);
    expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'income', state: 'wanted' }]);
    await harness.live(0.5);
    expect((await harness.reader.results('b')).map(({ kind }) => kind)).toContain('income');
  }, 120_000);
});

describe('an event that is answered "not yet"', () => {
  it.each<[string, string, string]>([
    ['income', 'book.income.updated', 'income'],
    ['signals', 'book.detect.signal_found', 'signals'],
  ])(
    'is not forgotten although everything was stored before: %s',
    async (_what, eventName, kind) => {
      const harness = await completeBook();
      const call = kind === 'income' ? calls.incomeCalculations('b') : calls.bookSignals('b');
      harness.ocrolus.says(call, TOO_EARLY);
      harness.ocrolus.says(calls.incomeSummary('b'), TOO_EARLY);
      harness.clock.advance(3600);
      const receivedAt = harness.clock.iso();
      const event = delivery(eventName, { bookUuid: 'b' }, { receivedAt });
      for (let attempts = 1; attempts <= 3; attempts += 1)
        await receive(harness.consumers, [event], { attempts });
      expect((await harness.reader.missing('b')).map((one) => one.kind)).toEqual([kind]);
      expect(await harness.reader.book('b')).toMatchObject({ complete: false });

      harness.ocrolus.says(
        call,
        kind === 'income' ? { body: { income: 2 } } : signals('b', { d: 'COMPLETED', x: 'COMPLETED' }),
      );
      harness.ocrolus.says(calls.incomeSummary('b'), { body: { income: 2 } });
      await harness.live(1);
      const [result] = (await harness.reader.results('b')).filter(
        (one) => one.kind === kind && one.subject === 'b',
      );
      expect(result?.fetchedAt).toBeDefined();
      expect(String(result?.fetchedAt) > receivedAt).toBe(true);
      expect(await harness.reader.book('b')).toMatchObject({ complete: true });
    },
    120_000,
  );
});

describe('Detect', () => {
  it('does not list a document that Ocrolus lists: after two days it is no longer waited for', async () => {
    const harness = await fresh();
    saysComplete(harness.ocrolus, 'b', ['d', 'e']);
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
    await receive(harness.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
    await harness.live(1);
    expect((await harness.reader.missing('b')).map(({ kind }) => kind)).toEqual(['signals']);
    await harness.live(3);
    expect(await harness.reader.missing('b')).toEqual([]);
    expect(await harness.reader.book('b')).toMatchObject({ complete: true });
    expect((await readDocument(harness.table, 'b', 'e'))?.entries.signals).toMatchObject({
      state: 'unavailable',
    });
    const asked = harness.ocrolus.count('book-fraud-signals');
    await harness.live(3);
    expect(harness.ocrolus.count('book-fraud-signals')).toBe(asked);
  }, 120_000);
});

describe('a message with an observation that is older than what is stored', () => {
  it('requests nothing of a document that is active again since then', async () => {
    const table = await createTable();
    const harness = createHarness(table);
    const finished = document('VERIFICATION_COMPLETE', 'd');
    const old = observation('b', 10, 'VERIFYING', [finished]);
    // Since then: an upgrade, seen at second 60.
    harness.ocrolus.says(
      calls.bookStatus({ bookUuid: 'b' }),
      bookStatus('b', 'VERIFYING', [{ uuid: 'd', status: 'VERIFYING' }]),
    );
    await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
    for (const [seen, n] of [
      [finished, 5],
      [document('VERIFYING', 'd'), 60],
    ] as const) {
      await updateDocument(table, { bookId: 'b', docUuid: 'd' }, (known) =>
        observeDocument(known, { bookId: 'b', document: seen, observedAt: second(n), generation: 1 }),
      );
    }
    await updateBook(table, 'b', (book) => book && { ...book, observedAt: second(60) });
    saysCaptured(harness.ocrolus, 'b', 'd');
    const wants = [
      { kind: 'forms', subject: 'd' },
      { kind: 'transactions', subject: 'd' },
    ] as const;
    await receive(harness, [
      delivery(
        'poll.documents',
        { bookUuid: 'b' },
        {
          source: 'poll',
          channel: 'doc-verified',
          receivedAt: second(11),
          sentAt: second(11),
          observation: old,
          wants: [...wants],
        },
      ),
    ]);
    const { version, status, entries } = (await readDocument(table, 'b', 'd')) ?? {};
    expect(status).toBe('VERIFYING');
    // Nothing counts as stored for the version that is still being processed.
    expect(entries?.forms?.version === version).toBe(false);
    expect(await readBook(table, 'b')).toMatchObject({ status: 'VERIFYING' });
  });
});

it('a refusal that only says "not now" never ends a result, whatever the code', async () => {
  for (const refusal of [error(400, 1401), error(403, 2102), error(400, 1501), error(400, 9001), FORBIDDEN]) {
    const harness = await fresh();
    saysComplete(harness.ocrolus);
    harness.ocrolus.says(calls.documentForms('d'), refusal, refusal, {
      body: { status: 200, response: { forms: [] } },
    });
    await receive(harness.consumers, [delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' })]);
    await harness.live(1);
    expect(await harness.reader.missing('b')).toEqual([]);
    expect((await harness.reader.results('b')).map(({ kind }) => kind)).toContain('forms');
  }
}, 120_000);
