import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { finished, saysCaptured, signals } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { EVERY_KIND, makeBook } from '../poller/testing/books.ts';
import { createPollerHarness, type PollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { saysEverything } from './testing/answers.ts';
import { lookedBook } from './testing/looked-book.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = createPollerHarness(await memoryTable());
  saysEverything(harness.ocrolus);
});

const { says, book, lookFor, lookNow, start } = lookedBook(() => harness);

const FINISHED = [finished('d')];
const kinds = async () => (await harness.reader.results('b')).map(({ kind }) => kind).sort();

test('a book becomes complete without any webhook, and nothing is asked for twice', async () => {
  await start('VERIFYING', [{ uuid: 'd', status: 'VERIFYING' }]);
  await lookFor(0.1);
  expect(await book()).toMatchObject({ status: 'VERIFYING', complete: false });
  says('VERIFIED', FINISHED);
  await lookFor(0.2);
  expect(await kinds()).toEqual(EVERY_KIND);
  expect(await book()).toMatchObject({
    status: 'VERIFIED',
    capture: { state: 'complete' },
    analytics: { state: 'available' },
    detect: { state: 'available' },
    complete: true,
    completeAt: expect.any(String),
    open: [],
  });
  expect(await harness.reader.missing('b')).toEqual([]);
  const isResult = ({ operation }: { operation: string }) => operation !== 'book-status';
  expect(harness.ocrolus.asked.filter(isResult)).toHaveLength(7);
});

test('a book of which an event has named only a document becomes complete', async () => {
  await receive(harness.consumers, [delivery('document.detect.signal_found', { uploadedDocUuid: 'd' })]);
  await lookFor(0.2);
  expect(await book()).toMatchObject({ complete: true });
});

describe('a complete book', () => {
  beforeEach(async () => {
    await makeBook(harness.table, 'b');
    await lookNow();
    await lookFor(0.1);
    expect(await book()).toMatchObject({ complete: true, generation: 1 });
  });

  test('that gets a document is fetched again, but not its other documents', async () => {
    saysCaptured(harness.ocrolus, 'b', 'e');
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'COMPLETED' }));
    says('VERIFIED', [...FINISHED, { uuid: 'e', status: 'COMPLETED' }]);
    harness.ocrolus.asked.splice(0);
    await lookFor(1);
    expect(await book()).toMatchObject({ generation: 2, complete: true, analytics: { state: 'available' } });
    expect(await harness.reader.documents('b')).toHaveLength(2);
    const forms = harness.ocrolus.asked.filter(({ operation }) => operation === 'doc-form-data');
    expect(forms.map(({ target }) => target)).toEqual([expect.stringContaining('doc_uuid=e')]);
    for (const operation of ['Book-summary', 'book-paystub-data'])
      expect(harness.ocrolus.count(operation)).toBe(1);
  });

  test('of which a document is verified again, in a different way, has it fetched again', async () => {
    says('VERIFYING', [{ uuid: 'd', status: 'VERIFYING' }]);
    await lookFor(1);
    expect(await book()).toMatchObject({ generation: 2, complete: false });
    says('VERIFIED', FINISHED);
    harness.ocrolus.says(calls.documentForms('d'), { body: { response: { forms: [{ form_type: 'W2' }] } } });
    await lookFor(0.5);
    expect(await book()).toMatchObject({ complete: true });
    expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('W2');
  });

  test('of which a document disappears shows that, and is complete without it', async () => {
    says('VERIFIED', [{ uuid: 'e', status: 'REJECTED' }]);
    await lookFor(1);
    const documents = await harness.reader.documents('b');
    expect(documents.map(({ docUuid, status }) => `${docUuid} ${status}`)).toEqual([
      'd UNLISTED',
      'e REJECTED',
    ]);
    expect(await book()).toMatchObject({ complete: true, documents: { REJECTED: 1 } });
  });

  test('follows its name', async () => {
    says('VERIFIED', FINISHED, { name: 'Renamed' });
    await lookFor(1.1);
    expect(await book()).toMatchObject({ name: 'Renamed', complete: true, generation: 1 });
  });

  test('is looked at nine times in a month, and never again', async () => {
    harness.ocrolus.asked.splice(0);
    await lookFor(400);
    expect(harness.ocrolus.count('book-status')).toBeLessThanOrEqual(9 + 3);
    expect(await book()).not.toHaveProperty('dueAt');
  });
});

test('a book whose time of creation is in the future is looked at soon', async () => {
  const harness = createPollerHarness(await memoryTable(), { POLL_DISCOVER: 'true' });
  const listed = { pk: 1, book_uuid: 'b', created_ts: '2036-02-03T10:00:00Z' };
  harness.ocrolus.says(calls.books(100, 0), { body: { response: { books: [listed] } } });
  saysEverything(harness.ocrolus);
  await harness.live(1);
  expect(await harness.reader.book('b')).toMatchObject({ status: 'VERIFIED' });
});
