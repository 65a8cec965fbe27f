import { describe, expect, it } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook, updateBook } from '../../shared/store/books.ts';
import { observeDocument, readDocument, updateDocument } from '../../shared/store/documents.ts';
import { bookStatus, error, saysCaptured, signals, TOO_EARLY } from '../consumers/testing/answers.ts';
import { saysComplete } from '../consumers/testing/complete-book.ts';
import { createStage, delivery, receive } from '../consumers/testing/stage.ts';
import { createPollerStage, type PollerStage } from '../poller/testing/stage.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { document, observation, second } from '../store/testing/observations.ts';
import { useTables } from '../store/testing/table.ts';

/* What the rules of single entries come to, with the real consumers and poller around them. */

const createTable = useTables();
const fresh = async () => createPollerStage(await memoryTable());

const FORBIDDEN = { httpStatus: 403, body: { message: 'Forbidden' } };

/** A book that has everything, whose probes are still to come. */
async function completeBook(): Promise<PollerStage> {
  const stage = await fresh();
  saysComplete(stage.ocrolus);
  await receive(stage.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
  await stage.live(0.5);
  expect(await stage.reader.book('b')).toMatchObject({ complete: true });
  return stage;
}

describe('probes', () => {
  it('of a book that has nothing more to give cost three calls of each kind, and end', async () => {
    const stage = await completeBook();
    await stage.live(14);
    const asked = () =>
      ['income-calculations', 'classification-summary', 'suspicious-activity-flags', 'analytics'].map(
        (operation) => stage.ocrolus.count(operation),
      );
    expect(asked()).toEqual([3, 3, 3, 3]);
    await stage.live(20);
    expect(asked()).toEqual([3, 3, 3, 3]);
    expect(await stage.reader.book('b')).toMatchObject({ complete: true });
  }, 120_000);

  it('give way to the event that announces the result, even if a proxy refuses its first call', async () => {
    const stage = await completeBook();
    stage.ocrolus.says(calls.incomeCalculations('b'), FORBIDDEN, { body: { income: 1 } });
    stage.ocrolus.says(calls.incomeSummary('b'), FORBIDDEN, { body: { income: 1 } });
    const receivedAt = stage.clock.iso();
    await receive(stage.consumers, [delivery('book.income.generated', { bookUuid: 'b' }, { receivedAt })]);
    expect(await stage.reader.missing('b')).toMatchObject([{ kind: 'income', state: 'wanted' }]);
    await stage.live(0.5);
    expect((await stage.reader.results('b')).map(({ kind }) => kind)).toContain('income');
  }, 120_000);
});

describe('an event that is answered "not yet"', () => {
  it.each<[string, string, string]>([
    ['income', 'book.income.updated', 'income'],
    ['signals', 'book.detect.signal_found', 'signals'],
  ])(
    'is not forgotten although everything was stored before: %s',
    async (_what, eventName, kind) => {
      const stage = await completeBook();
      const call = kind === 'income' ? calls.incomeCalculations('b') : calls.bookSignals('b');
      stage.ocrolus.says(call, TOO_EARLY);
      stage.ocrolus.says(calls.incomeSummary('b'), TOO_EARLY);
      stage.clock.advance(3600);
      const receivedAt = stage.clock.iso();
      const event = delivery(eventName, { bookUuid: 'b' }, { receivedAt });
      for (let attempts = 1; attempts <= 3; attempts += 1)
        await receive(stage.consumers, [event], { attempts });
      expect((await stage.reader.missing('b')).map((one) => one.kind)).toEqual([kind]);
      expect(await stage.reader.book('b')).toMatchObject({ complete: false });

      stage.ocrolus.says(
        call,
        kind === 'income' ? { body: { income: 2 } } : signals('b', { d: 'COMPLETED', x: 'COMPLETED' }),
      );
      stage.ocrolus.says(calls.incomeSummary('b'), { body: { income: 2 } });
      await stage.live(1);
      const [result] = (await stage.reader.results('b')).filter(
        (one) => one.kind === kind && one.subject === 'b',
      );
      expect(result?.fetchedAt).toBeDefined();
      expect(String(result?.fetchedAt) > receivedAt).toBe(true);
      expect(await stage.reader.book('b')).toMatchObject({ complete: true });
    },
    120_000,
  );
});

describe('Detect', () => {
  it('does not list a document that Ocrolus lists: after two days it is not waited for any more', async () => {
    const stage = await fresh();
    saysComplete(stage.ocrolus, 'b', ['d', 'e']);
    stage.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED' }));
    await receive(stage.consumers, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })]);
    await stage.live(1);
    expect((await stage.reader.missing('b')).map(({ kind }) => kind)).toEqual(['signals']);
    await stage.live(3);
    expect(await stage.reader.missing('b')).toEqual([]);
    expect(await stage.reader.book('b')).toMatchObject({ complete: true });
    expect((await readDocument(stage.table, 'b', 'e'))?.entries.signals).toMatchObject({
      state: 'unavailable',
    });
    const asked = stage.ocrolus.count('book-fraud-signals');
    await stage.live(3);
    expect(stage.ocrolus.count('book-fraud-signals')).toBe(asked);
  }, 120_000);
});

describe('a message with an observation that is older than what is stored', () => {
  it('asks for nothing of a document that has gone back to work since', async () => {
    const table = await createTable();
    const stage = createStage(table);
    const finished = document('VERIFICATION_COMPLETE', 'd');
    const old = observation('b', 10, 'VERIFYING', [finished]);
    // Since then: an upgrade, seen at second 60.
    stage.ocrolus.says(
      calls.bookStatus({ bookUuid: 'b' }),
      bookStatus('b', 'VERIFYING', [{ uuid: 'd', status: 'VERIFYING' }]),
    );
    await receive(stage, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
    for (const [seen, n] of [
      [finished, 5],
      [document('VERIFYING', 'd'), 60],
    ] as const) {
      await updateDocument(table, { bookId: 'b', docUuid: 'd' }, (known) =>
        observeDocument(known, { bookId: 'b', document: seen, observedAt: second(n), generation: 1 }),
      );
    }
    await updateBook(table, 'b', (book) => book && { ...book, observedAt: second(60) });
    saysCaptured(stage.ocrolus, 'b', 'd');
    const wants = [
      { kind: 'forms', subject: 'd' },
      { kind: 'transactions', subject: 'd' },
    ] as const;
    await receive(stage, [
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
    const stage = await fresh();
    saysComplete(stage.ocrolus);
    stage.ocrolus.says(calls.documentForms('d'), refusal, refusal, {
      body: { status: 200, response: { forms: [] } },
    });
    await receive(stage.consumers, [delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' })]);
    await stage.live(1);
    expect(await stage.reader.missing('b')).toEqual([]);
    expect((await stage.reader.results('b')).map(({ kind }) => kind)).toContain('forms');
  }
}, 120_000);
