import { expect, test } from 'vitest';
import type { Envelope } from '../../../shared/events/envelope.ts';
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
async function recover(harness: PollerHarness, message: Envelope): Promise<string[]> {
  const { ocrolus, reader } = harness;
  ocrolus.says(BY_PK, ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  harness.clock.advance(900);
  expect(await receive(harness.consumers, [message], { attempts: 4 })).toEqual([]);
  await harness.liveHours(12);
  expect(await reader.book('pk-7')).toBeUndefined();
  expect(await reader.events('pk-7')).toEqual([]);
  expect(await book(harness)).toMatchObject({ complete: true });
  return fetchedOf(harness);
}

async function fetchedOf({ reader }: PollerHarness): Promise<string[]> {
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
  const message = event(harness, eventName, ids);
  expect(await receive(harness.consumers, [message], { attempts: 3 })).toEqual(['message-0']);
  expect(await recover(harness, message)).toEqual(fetched);
});

test.each([
  ['a doc_uuid of its own and the pk of the upload', { docUuid: 'x', uploadedDocPk: '11' }, ['d1']],
  ['the uuid of its parent and its own', { uploadedDocUuid: 'parent', docUuid: 'd2' }, ['d2']],
  ['a uuid that is not listed and the pk', { uploadedDocUuid: 'y', uploadedDocPk: '13' }, ['d3']],
])('a document of a known book, by %s', async (_what, ids, fetched) => {
  const harness = await createRefusedHarness();
  const byUuid = calls.bookStatus({ bookUuid: 'b' });
  harness.ocrolus.says(calls.documentForms('x'), error(404, 1501));
  harness.ocrolus.says(byUuid, error(400, 1401));
  const receivedAt = harness.clock.iso();
  const named = delivery('document.verification_succeeded', { bookUuid: 'b', ...ids }, { receivedAt });
  expect(await receive(harness.consumers, [named], { attempts: 20 })).toEqual([]);
  expect(await fetchedOf(harness)).toEqual(fetched);
});
