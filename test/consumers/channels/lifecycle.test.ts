import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { readBook, updateBook } from '../../../shared/store/books.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { useTables } from '../../store/testing/table.ts';
import { bookStatus, type ScriptedDocument } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

const createTable = useTables();
let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await createTable());
  says('d1', 'd2');
});

const says = (...uuids: string[]) => {
  const docs: ScriptedDocument[] = uuids.map((uuid) => ({ uuid, status: 'QUEUED', name: `${uuid}.pdf` }));
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'PROCESSING', docs));
};
const polledStatus = () => {
  const receivedAt = harness.clock.iso();
  return delivery('poll.status', { bookUuid: 'b' }, { source: 'poll', channel: 'lifecycle', receivedAt });
};
const documents = async () =>
  (await harness.reader.documents('b')).map(({ docUuid, status }) => `${docUuid} ${status}`);

test.each(['document.upload_succeeded', 'plaid.upload_succeeded'])(
  '%s refreshes the book and that document',
  async (eventName) => {
    await receive(harness, [delivery(eventName, { bookUuid: 'b', uploadedDocUuid: 'd2' })]);
    expect(await harness.reader.book('b')).toMatchObject({ status: 'PROCESSING', documents: { QUEUED: 2 } });
    expect(await documents()).toEqual(['d2 QUEUED']);
  },
);

test('image_group.upload_succeeded refreshes the book and all its documents', async () => {
  await receive(harness, [delivery('image_group.upload_succeeded', { bookUuid: 'b', imageGroupPk: '9' })]);
  expect(await harness.reader.book('b')).toMatchObject({ status: 'PROCESSING', documents: { QUEUED: 2 } });
  expect(await documents()).toEqual(['d1 QUEUED', 'd2 QUEUED']);
});

test('a message of the poller refreshes the book and its documents', async () => {
  await receive(harness, [polledStatus()]);
  expect(await documents()).toEqual(['d1 QUEUED', 'd2 QUEUED']);
});

test('nothing new is unchanged, and no document is written', async () => {
  await receive(harness, [polledStatus()]);
  const before = await harness.reader.documents('b');
  harness.clock.advance(60);
  await receive(harness, [polledStatus()]);
  expect((await harness.reader.events('b')).map(({ outcome }) => outcome)).toEqual(['applied', 'unchanged']);
  expect(await harness.reader.documents('b')).toEqual(before);
});

describe('a document that Book status no longer lists', () => {
  test('is marked as unlisted, and has its status again when it is listed again', async () => {
    await receive(harness, [polledStatus()]);
    harness.clock.advance(60);
    says('d1');
    await receive(harness, [polledStatus()]);
    expect(await documents()).toEqual(['d1 QUEUED', 'd2 UNLISTED']);
    harness.clock.advance(60);
    says('d1', 'd2');
    await receive(harness, [polledStatus()]);
    expect(await documents()).toEqual(['d1 QUEUED', 'd2 QUEUED']);
  });

  test('is not marked by an observation that is older than what is stored', async () => {
    await receive(harness, [polledStatus()]);
    const observation = {
      bookUuid: 'b',
      status: 'PROCESSING',
      documents: [{ docUuid: 'd1', status: 'QUEUED' }],
      observedAt: new Date(harness.clock.now() - 60_000).toISOString(),
    };
    await receive(harness, [{ ...polledStatus(), observation }]);
    expect(await documents()).toEqual(['d1 QUEUED', 'd2 QUEUED']);
  });
});

test('a message of the poller that is older than its last round changes nothing', async () => {
  await receive(harness, [polledStatus()]);
  const sentAt = harness.clock.iso();
  await updateBook(harness.table, 'b', (book) =>
    book === undefined
      ? book
      : { ...book, round: { digest: book.digest ?? '', count: 1, nextAt: sentAt, sentAt } },
  );
  const before = await readBook(harness.table, 'b');
  harness.ocrolus.asked.splice(0);
  const older = { ...polledStatus(), sentAt: '2026-03-02T08:00:00.000Z' };
  expect(await receive(harness, [older])).toEqual([]);
  expect(harness.ocrolus.asked).toEqual([]);
  expect(await readBook(harness.table, 'b')).toEqual(before);
  expect(await harness.reader.events('b')).toContainEqual(
    expect.objectContaining({ outcome: 'stale', reason: 'superseded' }),
  );
});

test.each(['document.upload_failed', 'analytics.config_updated', 'network.book.funded'])(
  '%s asks Ocrolus nothing and is in the ledger',
  async (eventName) => {
    expect(await receive(harness, [delivery(eventName, { bookUuid: 'b' })])).toEqual([]);
    expect(harness.ocrolus.asked).toEqual([]);
    expect(await harness.reader.events('b')).toMatchObject([{ eventName, outcome: 'applied' }]);
    expect(await harness.reader.book('b')).toBeUndefined();
  },
);

test('an event that is not known is kept with its body and its reason, and counted', async () => {
  const payload = { encoding: 'utf8', body: '{"event":"book.sings"}' } as const;
  await receive(harness, [delivery('book.sings', {}, { payload, unrecognized: 'unknown-name' })]);
  expect(await harness.reader.events('account')).toMatchObject([
    { eventName: 'book.sings', outcome: 'unrecognized', reason: 'unknown-name', payload: payload.body },
  ]);
  expect(harness.ocrolus.asked).toEqual([]);
  expect(harness.counted).toContainEqual({
    name: 'UnrecognizedEvent',
    dimensions: { reason: 'unknown-name' },
  });
});
