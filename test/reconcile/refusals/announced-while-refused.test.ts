import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import type { PollerHarness } from '../../poller/testing/harness.ts';
import { saysBook } from '../testing/answers.ts';
import { book, createBookHarness, deliver } from '../testing/harness.ts';

/**
 * Events about documents that are stored, while Book status is refused: what they announce is fetched once it is shown. Most
 * of them name the book by its pk, so that none of its documents can be found yet.
 */
const BY_PK = calls.bookStatus({ bookPk: '7' });
const DOCUMENTS = [
  { uuid: 'd1', pk: 11, status: 'VERIFICATION_COMPLETE', image_group_pk: 5 },
  { uuid: 'd2', pk: 12, status: 'VERIFICATION_COMPLETE', image_group_pk: 5 },
  { uuid: 'd3', pk: 13, status: 'VERIFICATION_COMPLETE', image_group_pk: 6 },
];

/** A complete book, of which Book status is refused by its pk from now on; all forms are other ones. */
async function createRefusedHarness(): Promise<PollerHarness> {
  const harness = await createBookHarness({}, ['d1', 'd2', 'd3']);
  saysBook(harness.ocrolus, 'b', { book_status: 'VERIFIED', docs: DOCUMENTS, pk: 7 });
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  for (const { uuid } of DOCUMENTS) {
    harness.ocrolus.says(calls.documentForms(uuid), { body: { status: 200, response: { forms: ['new'] } } });
  }
  harness.ocrolus.says(BY_PK, error(400, 1401));
  return harness;
}

const event = (harness: PollerHarness, eventName: string, ids: Parameters<typeof delivery>[1]) =>
  delivery(eventName, { bookPk: '7', ...ids }, { receivedAt: harness.clock.iso() });

/** Book status is shown again, and some hours pass. @returns the documents whose forms were fetched again. */
async function recover(harness: PollerHarness): Promise<string[]> {
  const { ocrolus, reader } = harness;
  ocrolus.says(BY_PK, ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  await harness.liveHours(12);
  expect(await reader.book('pk-7')).toBeUndefined();
  expect(await book(harness)).toMatchObject({ complete: true });
  const fetched = [];
  for (const { uuid } of DOCUMENTS) {
    if (String(await reader.resultBody('b', 'forms', uuid)).includes('new')) fetched.push(uuid);
  }
  return fetched;
}

test.each([
  ['a document by its uuid', 'DOC_VERIFIED', { uploadedDocUuid: 'd2' }, ['d2']],
  ['a document by its pk', 'document.verification_succeeded', { uploadedDocPk: '13' }, ['d3']],
  ['an image group', 'IMAGE_GROUP_VERIFIED', { imageGroupPk: '5' }, ['d1', 'd2']],
  ['an image group that is not named', 'IMAGE_GROUP_VERIFIED', {}, ['d1', 'd2', 'd3']],
])('%s', async (_what, eventName, ids, fetched) => {
  const harness = await createRefusedHarness();
  expect(await receive(harness.consumers, [event(harness, eventName, ids)], { attempts: 20 })).toEqual([]);
  expect(await recover(harness)).toEqual(fetched);
});

test('more documents than can be listed: all are requested again', async () => {
  const harness = await createRefusedHarness();
  for (let pk = 100; pk < 200; pk += 1) {
    const unknown = event(harness, 'DOC_VERIFIED', { uploadedDocPk: String(pk) });
    await receive(harness.consumers, [unknown], { attempts: 20 });
  }
  await receive(harness.consumers, [event(harness, 'DOC_VERIFIED', { uploadedDocPk: '11' })], {
    attempts: 20,
  });
  expect(await recover(harness)).toEqual(['d1', 'd2', 'd3']);
});

test('a message that is never finished', async () => {
  const harness = await createRefusedHarness();
  const dies = event(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd2' });
  harness.ocrolus.says(BY_PK, { httpStatus: 500, body: {} });
  expect(await receive(harness.consumers, [dies], { attempts: 2 })).toHaveLength(1);
  expect(await recover(harness)).toEqual(['d2']);
});

test('results that the event itself fetched at its second attempt are not fetched again', async () => {
  const harness = await createRefusedHarness();
  const { ocrolus } = harness;
  ocrolus.says(BY_PK, ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  const second = event(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd2' });
  expect(await receive(harness.consumers, [second], { attempts: 2 })).toEqual([]);
  const before = ocrolus.asked.length;
  expect(await recover(harness)).toEqual(['d2']);
  expect(ocrolus.asked.slice(before).filter(({ target }) => /form|transaction/.test(target))).toEqual([]);
});

test.each([
  ['a doc_uuid of its own and the pk of the upload', { docUuid: 'x', uploadedDocPk: '11' }, ['d1']],
  ['the uuid of its parent and its own', { uploadedDocUuid: 'parent', docUuid: 'd2' }, ['d2']],
  ['a uuid that is not listed and the pk', { uploadedDocUuid: 'y', uploadedDocPk: '13' }, ['d3']],
])('a document of a known book, by %s', async (_what, ids, fetched) => {
  const harness = await createRefusedHarness();
  const byUuid = calls.bookStatus({ bookUuid: 'b' });
  const shown = harness.ocrolus.script(byUuid);
  harness.ocrolus.says(byUuid, error(400, 1401));
  const named = delivery(
    'document.verification_succeeded',
    { bookUuid: 'b', ...ids },
    { receivedAt: harness.clock.iso() },
  );
  expect(await receive(harness.consumers, [named], { attempts: 20 })).toEqual([]);
  harness.ocrolus.says(byUuid, ...shown);
  expect(await recover(harness)).toEqual(fetched);
});
