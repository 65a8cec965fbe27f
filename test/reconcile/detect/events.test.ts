import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error, signals } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { createBookHarness, deliver } from '../testing/harness.ts';

test('a Detect event with the doc_uuid of a part finds its upload', async () => {
  const harness = await createBookHarness({}, ['up']);
  const { ocrolus } = harness;
  ocrolus.says(calls.documentSignals('part'), error(404, 1501));
  ocrolus.says(calls.partSignals('part'), signals('b', { up: 'COMPLETED' }));
  await deliver(harness, 'BOOK_VERIFIED');
  await deliver(harness, 'document.detect.signal_found', { docUuid: 'part' });
  const documents = await harness.reader.documents('b');
  expect(documents.map(({ docUuid, status, detect }) => [docUuid, status, detect?.state])).toEqual([
    ['up', 'VERIFICATION_COMPLETE', 'COMPLETED'],
  ]);
  expect((await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`)).toContain(
    'signals up',
  );
});

test('a PENDING document does not hold up the signals of other documents', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  ocrolus.says(calls.bookSignals('b'), signals('b', { d1: 'COMPLETED', d2: 'PENDING' }));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  const detect = async () => (await harness.reader.documents('b')).map((document) => document.detect?.state);
  expect(await detect()).toEqual(['COMPLETED', undefined]);
  expect((await harness.reader.results('b')).map(({ kind }) => kind)).toContain('signals');
  expect(await harness.reader.book('b')).toMatchObject({ complete: false, open: ['signals'] });
  ocrolus.says(calls.bookSignals('b'), signals('b', { d1: 'COMPLETED', d2: 'COMPLETED' }));
  await harness.live(1);
  expect(await detect()).toEqual(['COMPLETED', 'COMPLETED']);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('signals of a document that Detect does not analyze are unavailable after two days', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d1: 'COMPLETED' }));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(false);
  await harness.live(3);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});

test('a Detect event that names no book is kept until its signals name the book', async () => {
  const harness = await createBookHarness();
  const { ocrolus } = harness;
  ocrolus.says(calls.documentSignals('d'), { httpStatus: 404, body: { message: 'no' } });
  ocrolus.says(calls.partSignals('d'), { httpStatus: 404, body: { message: 'no' } });
  await receive(harness.consumers, [delivery('document.detect.signal_found', { docUuid: 'd' })], {
    attempts: 3,
  });
  ocrolus.says(calls.documentSignals('d'), signals('b', { d: 'COMPLETED' }));
  await harness.live(1);
  expect((await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`)).toContain(
    'signals d',
  );
  const left: unknown[] = [];
  for await (const item of harness.table.query({ bookId: 'account', prefix: 'OPEN#' })) left.push(item);
  expect(left).toEqual([]);
});
