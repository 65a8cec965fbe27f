import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { saysAnalytics, saysBook, saysEverything, saysStatus } from '../testing/answers.ts';
import { createBookHarness, deliver } from '../testing/harness.ts';

test('a document that changes its final status is fetched again, and the others are not', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  const docs = (first: string) => [
    { uuid: 'd1', status: first },
    { uuid: 'd2', status: 'VERIFICATION_COMPLETE' },
  ];
  saysStatus(ocrolus, 'b', 'VERIFIED', docs('COMPLETED'));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
  saysBook(ocrolus, 'b', { book_status: 'VERIFIED', docs: docs('VERIFICATION_COMPLETE'), name: 'renamed' });
  const forms = { body: { status: 200, response: { forms: [{ form_type: 'W2' }] } } };
  ocrolus.says(calls.documentForms('d1'), forms);
  const asked = ocrolus.asked.length;
  await harness.live(2);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd1'))).toBe(JSON.stringify(forms.body));
  expect(ocrolus.asked.slice(asked).filter(({ target }) => target.includes('d2'))).toEqual([]);
  const book = await harness.reader.book('b');
  expect(book).toMatchObject({
    complete: true,
    generation: 2,
    name: 'renamed',
    documents: { VERIFICATION_COMPLETE: 2 },
  });
});

test('a document that Book status no longer lists is UNLISTED, and fetched again once it is listed again', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  saysStatus(harness.ocrolus, 'b', 'VERIFIED', [{ uuid: 'd1', status: 'VERIFICATION_COMPLETE' }]);
  await harness.live(2);
  const statuses = (await harness.reader.documents('b')).map(({ docUuid, status }) => [docUuid, status]);
  expect(statuses).toEqual([
    ['d1', 'VERIFICATION_COMPLETE'],
    ['d2', 'UNLISTED'],
  ]);
  expect(await harness.reader.book('b')).toMatchObject({
    complete: true,
    documents: { VERIFICATION_COMPLETE: 1 },
  });
  // A document that is listed again is fetched again.
  saysEverything(harness.ocrolus, 'b', ['d1', 'd2']);
  const asked = harness.ocrolus.count('doc-form-data');
  await harness.live(2);
  expect(harness.ocrolus.count('doc-form-data')).toBe(asked + 1);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('an added document causes the analytics to be fetched again, but not the other documents', async () => {
  const harness = await createBookHarness({}, ['d1']);
  const { ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  saysEverything(ocrolus, 'b', ['d1', 'd2']);
  saysAnalytics(ocrolus, 'b', 2);
  const asked = ocrolus.asked.length;
  await harness.live(2);
  const targets = ocrolus.asked.slice(asked).map(({ target }) => target);
  expect(targets.filter((target) => target.includes('d1'))).toEqual([]);
  expect(String(await harness.reader.resultBody('b', 'summary'))).toBe('{"number_of_docs_processed":2}');
  expect(await harness.reader.book('b')).toMatchObject({ generation: 2, complete: true });
});
