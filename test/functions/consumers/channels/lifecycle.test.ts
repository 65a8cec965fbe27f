import { beforeEach, expect, test } from 'vitest';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { document } from '../testing/answers.ts';

const book = useBook();

const says = (...uuids: string[]) =>
  book.says(
    'PROCESSING',
    uuids.map((uuid) => ({ ...document(uuid, 'QUEUED'), name: `${uuid}.pdf` })),
  );
beforeEach(() => says('d1', 'd2'));
const documents = async () =>
  (await book.reader.documents('b')).map(({ docUuid, status }) => `${docUuid} ${status}`);

test.each(['document.upload_succeeded', 'plaid.upload_succeeded', 'image_group.upload_succeeded'])(
  '%s refreshes the book and its documents',
  async (eventName) => {
    await book.deliver(eventName, { uploadedDocUuid: 'd2' });
    expect(await book.shown()).toMatchObject({ status: 'PROCESSING', documents: { QUEUED: 2 } });
    expect(await documents()).toEqual(['d1 QUEUED', 'd2 QUEUED']);
  },
);

test.each(['document.upload_failed', 'analytics.config_updated', 'network.book.funded'])(
  '%s asks Ocrolus nothing and is in the ledger',
  async (eventName) => {
    expect(await book.deliver(eventName)).toEqual([]);
    expect(book.ocrolus.asked).toEqual([]);
    expect(await book.ledger()).toMatchObject([{ eventName, outcome: 'applied' }]);
    expect(await book.shown()).toBeUndefined();
  },
);

test('an event that is not known is kept with its body and its reason, and counted', async () => {
  const payload = { encoding: 'utf8', body: '{"event":"book.sings"}' } as const;
  const ids = { bookUuid: undefined };
  await book.receive([book.event('book.sings', ids, { payload, unrecognized: 'unknown-name' })]);
  expect(await book.ledger('account')).toMatchObject([
    { eventName: 'book.sings', outcome: 'unrecognized', reason: 'unknown-name', payload: payload.body },
  ]);
  expect(book.ocrolus.asked).toEqual([]);
  const dimensions = { reason: 'unknown-name' };
  expect(book.consumers.counted).toContainEqual({ name: 'UnrecognizedEvent', dimensions });
});
