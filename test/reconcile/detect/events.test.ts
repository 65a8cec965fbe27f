import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { signals } from '../../consumers/testing/answers.ts';
import { createBookHarness, deliver } from '../testing/harness.ts';

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

test('a document that Detect does not list keeps the book incomplete for two days', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  harness.ocrolus.says(calls.bookSignals('b'), signals('b', { d1: 'COMPLETED' }));
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect((await harness.reader.book('b'))?.complete).toBe(false);
  await harness.live(3);
  expect((await harness.reader.book('b'))?.complete).toBe(true);
});
