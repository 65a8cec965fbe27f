import { expect, test } from 'vitest';
import { readDocument } from '../../shared/store/documents.ts';
import { document, saysStatus } from './testing/answers.ts';
import { announce, createBookStage } from './testing/stage.ts';

test('a document that is stored while the signals of its book are asked for has its state of Detect', async () => {
  const stage = await createBookStage({}, ['d1', 'd2']);
  const { ocrolus } = stage;
  const [d1, d2] = [document('d1', 'REJECTED'), document('d2', 'REJECTED')];
  saysStatus(ocrolus, 'b', 'VERIFIED', [d1]);
  await announce(stage, 'BOOK_VERIFIED');
  let isAsked = false;
  ocrolus.before = async (target) => {
    if (!target.includes('/detect/book/') || isAsked) return;
    isAsked = true;
    saysStatus(ocrolus, 'b', 'VERIFIED', [d1, d2]);
    await announce(stage, 'document.upload_succeeded');
  };
  await announce(stage, 'book.detect.signal_found');
  expect(isAsked).toBe(true);
  expect(await readDocument(stage.table, 'b', 'd2')).toMatchObject({
    detect: { state: 'COMPLETED' },
    entries: { signals: { state: 'stored' } },
  });
});
