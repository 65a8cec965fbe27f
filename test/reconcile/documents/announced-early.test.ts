import { expect, test } from 'vitest';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { document, saysEverything, saysStatus } from '../testing/answers.ts';
import { book, createBookHarness, deliver, results } from '../testing/harness.ts';

test('all documents of a book with more announced documents than it remembers are compared', async () => {
  const docs = Array.from({ length: 130 }, (_, n) => `d${n}`);
  const harness = await createBookHarness({}, docs);
  const { clock, ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFYING', []);
  await deliver(harness, 'document.upload_succeeded');
  const receivedAt = clock.iso();
  for (const uploadedDocUuid of docs) {
    const event = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid }, { receivedAt });
    expect(await receive(harness.consumers, [event], { attempts: 3 })).toEqual([]);
  }
  saysEverything(ocrolus, 'b', docs);
  await harness.live(1);
  expect((await results(harness)).filter((result) => result.startsWith('forms'))).toHaveLength(130);
  expect(await book(harness)).toMatchObject({ complete: true });
});

test('of a large book, an event writes only the document that it names, and a look compares all', async () => {
  const docs = Array.from({ length: 60 }, (_, n) => `d${n}`);
  const harness = await createBookHarness({}, docs);
  const { ocrolus } = harness;
  await deliver(harness, 'document.upload_succeeded');
  await harness.live(4);
  expect(await book(harness)).toMatchObject({ complete: true });
  const working = docs.map((id, n) => document(id, n < 30 ? 'VERIFYING' : undefined));
  saysStatus(ocrolus, 'b', 'VERIFYING', working);
  await deliver(harness, 'document.upload_succeeded', { uploadedDocUuid: 'd0' });
  const verifying = async () =>
    (await harness.reader.documents('b')).filter(({ status }) => status === 'VERIFYING');
  expect(await verifying()).toMatchObject([{ docUuid: 'd0' }]);
  await harness.liveHours(3);
  expect(await verifying()).toHaveLength(30);
});
