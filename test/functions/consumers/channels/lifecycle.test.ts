import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { bookStatus, type ScriptedDocument } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
  says('d1', 'd2');
});

const says = (...uuids: string[]) => {
  const docs: ScriptedDocument[] = uuids.map((uuid) => ({ uuid, status: 'QUEUED', name: `${uuid}.pdf` }));
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'PROCESSING', docs));
};
const upload = () =>
  delivery('document.upload_succeeded', { bookUuid: 'b' }, { receivedAt: harness.clock.iso() });
const documents = async () =>
  (await harness.reader.documents('b')).map(({ docUuid, status }) => `${docUuid} ${status}`);

test.each(['document.upload_succeeded', 'plaid.upload_succeeded', 'image_group.upload_succeeded'])(
  '%s refreshes the book and its documents',
  async (eventName) => {
    await receive(harness, [delivery(eventName, { bookUuid: 'b', uploadedDocUuid: 'd2' })]);
    expect(await harness.reader.book('b')).toMatchObject({ status: 'PROCESSING', documents: { QUEUED: 2 } });
    expect(await documents()).toEqual(['d1 QUEUED', 'd2 QUEUED']);
  },
);

test('nothing new is unchanged, and no document is written', async () => {
  await receive(harness, [upload()]);
  const before = await harness.reader.documents('b');
  harness.clock.advance(60);
  await receive(harness, [upload()]);
  expect((await harness.reader.events('b')).map(({ outcome }) => outcome)).toEqual(['applied', 'unchanged']);
  expect(await harness.reader.documents('b')).toEqual(before);
});

describe('a document that Book status no longer lists', () => {
  test('is marked as unlisted, and has its status again when it is listed again', async () => {
    await receive(harness, [upload()]);
    harness.clock.advance(60);
    says('d1');
    await receive(harness, [upload()]);
    expect(await documents()).toEqual(['d1 QUEUED', 'd2 UNLISTED']);
    harness.clock.advance(60);
    says('d1', 'd2');
    await receive(harness, [upload()]);
    expect(await documents()).toEqual(['d1 QUEUED', 'd2 QUEUED']);
  });
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
