import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { FORBIDDEN } from './testing/answers.ts';
import { book, createBookHarness, deliver } from './testing/harness.ts';

const MINUTE = 60_000;

test('a result that an event announces again is requested soon, however long its pauses have become', async () => {
  const harness = await createBookHarness();
  harness.ocrolus.says(calls.documentForms('d'), FORBIDDEN);
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(6);
  const pause = Date.parse((await book(harness))?.dueAt ?? '') - harness.clock.now();
  expect(pause).toBeGreaterThan(50 * MINUTE);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  const soon = Date.parse((await book(harness))?.dueAt ?? '') - harness.clock.now();
  expect(soon).toBeLessThan(25 * MINUTE);
});

test('a book is looked at again once a message about it that was received twice must have ended', async () => {
  const harness = await createBookHarness();
  const { clock, ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  // The delivery marks a document, and dies.
  ocrolus.before = () => Promise.reject(new Error('killed'));
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts: 2 });
  ocrolus.before = () => {};
  expect(await book(harness)).toMatchObject({ complete: false });
  ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['new'] } } });
  clock.advance(16 * 60);
  await harness.run();
  await harness.process();
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('new');
});

test('a complete book becomes incomplete when an event announces another result, which is refused', async () => {
  const harness = await createBookHarness();
  await deliver(harness, 'BOOK_VERIFIED');
  await harness.live(1);
  expect(await book(harness)).toMatchObject({ complete: true });
  harness.ocrolus.says(calls.documentForms('d'), FORBIDDEN);
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' }, { attempts: 3 });
  expect(await book(harness)).toMatchObject({ complete: false, open: ['forms'] });
});
