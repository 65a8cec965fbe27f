import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { newBook, updateBook } from '../../shared/store/books.ts';
import { saysCaptured, signals, TOO_EARLY } from '../consumers/testing/answers.ts';
import { receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { EVERY_KIND, makeBook } from './testing/books.ts';
import { createPollerHarness, type PollerHarness } from './testing/harness.ts';
import { createResultsHarness, FINISHED, polledResults } from './testing/polled-results.ts';

let harness: PollerHarness;

beforeEach(async () => {
  harness = await createResultsHarness();
});

const { says, book, polledFor, kinds } = polledResults(() => harness);

test.each([
  ['its uuid', 'b', { bookUuid: 'b' }],
  ['its pk', 'pk-77', { bookPk: '77' }],
])('a book of which only %s is known becomes complete, with everything sent once', async (_, bookId, ids) => {
  const writer = { account: 'default', source: 'webhook', now: harness.clock.now() } as const;
  await updateBook(harness.table, bookId, (known) => known ?? newBook(bookId, ids, writer));
  says('VERIFYING', [{ uuid: 'd', status: 'VERIFYING' }]);
  expect(await polledFor(1)).toEqual(['poll.status']);
  says('VERIFIED', FINISHED);
  expect(await polledFor(2)).toEqual(['poll.documents', 'poll.results']);
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
  expect(await polledFor(6)).toEqual([]);
});

test('documents that the poller had to find itself are counted as recovered (docs/decisions/0005)', async () => {
  await makeBook(harness.table, 'b');
  says('VERIFIED', FINISHED);
  await polledFor(2);
  const recovered = harness.consumers.counted.filter(({ name }) => name === 'RecoveredByPoll');
  expect(recovered.map(({ dimensions }) => dimensions.channel)).toEqual(['doc-verified']);
});

describe('a complete book', () => {
  beforeEach(async () => {
    await makeBook(harness.table, 'b');
    says('VERIFIED', FINISHED);
    await polledFor(3);
    expect(await book()).toMatchObject({ complete: true, generation: 1 });
  });

  test('that gets a document is fetched again, but not its other documents', async () => {
    saysCaptured(harness.ocrolus, 'b', 'e');
    harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d: 'COMPLETED', e: 'COMPLETED' }));
    says('VERIFIED', [...FINISHED, { uuid: 'e', status: 'COMPLETED' }]);
    harness.ocrolus.asked.splice(0);
    await polledFor(6);
    expect(await book()).toMatchObject({ generation: 2, complete: true, analytics: { state: 'available' } });
    expect(await harness.reader.documents('b')).toHaveLength(2);
    const forms = harness.ocrolus.asked.filter(({ operation }) => operation === 'doc-form-data');
    expect(forms.map(({ target }) => target)).toEqual([expect.stringContaining('doc_uuid=e')]);
    expect(harness.ocrolus.count('Book-summary')).toBe(1);
  });

  test('of which a document is verified again in a different way has it fetched again', async () => {
    says('VERIFYING', [{ uuid: 'd', status: 'VERIFYING' }]);
    await polledFor(6);
    expect(await book()).toMatchObject({ generation: 2, complete: false });
    says('VERIFIED', FINISHED);
    harness.ocrolus.says(calls.documentForms('d'), { body: { response: { forms: [{ form_type: 'W2' }] } } });
    await polledFor(6);
    expect(await book()).toMatchObject({ complete: true });
    expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('W2');
  });

  test('of which a document disappears shows that, and is complete without it', async () => {
    says('VERIFIED', [{ uuid: 'e', status: 'REJECTED' }]);
    await polledFor(8);
    expect(
      (await harness.reader.documents('b')).map(({ docUuid, status }) => `${docUuid} ${status}`),
    ).toEqual(['d UNLISTED', 'e REJECTED']);
    expect(await book()).toMatchObject({ complete: true, documents: { REJECTED: 1 } });
  });

  test('follows its name', async () => {
    says('VERIFIED', FINISHED, { name: 'Renamed' });
    await polledFor(26, 30);
    expect(await book()).toMatchObject({ name: 'Renamed', complete: true, generation: 1 });
  });
});

test('a book that only an event with a part of the ids has named is complete too', async () => {
  says('VERIFIED', FINISHED);
  harness.ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  await receive(harness.consumers, [delivery('document.detect.signal_found', { uploadedDocUuid: 'd' })]);
  await polledFor(3);
  expect(await book()).toMatchObject({ complete: true });
});

test('with a horizon of a day, results that are never ready expire, and the book is no longer polled', async () => {
  harness = createPollerHarness(
    harness.table,
    { POLL_HORIZON_DAYS: '1' },
    { ocrolus: harness.ocrolus, clock: harness.clock },
  );
  await makeBook(harness.table, 'b');
  harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  says('VERIFIED', FINISHED);
  await polledFor(24 * 4, 60);
  expect(harness.counted.get('BooksStuck')).toBe(1);
  const { dueAt = '' } = (await book()) ?? {};
  expect((Date.parse(dueAt) - harness.clock.now()) / 86_400_000).toBeGreaterThan(3);
});
