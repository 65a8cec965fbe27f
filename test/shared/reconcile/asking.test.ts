import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { combine } from '../../../shared/reconcile/results/fetch.ts';
import { error, FORBIDDEN } from '../../functions/consumers/testing/answers.ts';
import { look, receive } from '../../functions/consumers/testing/harness.ts';
import { scriptedOcrolus } from '../../functions/consumers/testing/ocrolus.ts';
import { useBook } from './testing/book.ts';

const book = useBook();

const NO_PERMIT = new Failure('retry', 'rate-limit');
const D = { uploadedDocUuid: 'd' };

test('a document that is announced while its forms are on their way is asked for again', async () => {
  await book.deliver('BOOK_VERIFIED');
  book.ocrolus.before = async (target) => {
    if (!target.includes('form')) return;
    // The other delivery marks the document, and gets no answer.
    const other = book.anotherConsumer({ ocrolus: scriptedOcrolus(book.clock) });
    await receive(other, [book.event('DOC_VERIFIED', D)]);
  };
  await book.deliver('DOC_VERIFIED', D, { attempts: 3 });
  expect(await book.missing()).toContain('forms d');
});

describe('what finds no permit', () => {
  test('is not asked for at once by the look that goes on', async () => {
    await book.deliver('BOOK_VERIFIED');
    book.answers(calls.documentForms('d'), NO_PERMIT);
    await book.deliver('DOC_VERIFIED', D);
    await book.receive([look('b', { urgent: true })]);
    expect(book.consumers.requeued).toEqual([]);
  });

  test('tries no more than four at a time', async () => {
    const many = Array.from({ length: 20 }, (_, n) => `d${n}`);
    book.saysEverything(...many);
    await book.deliver('document.upload_succeeded');
    for (const docUuid of many) book.answers(calls.documentForms(docUuid), NO_PERMIT);
    await book.look('now');
    expect(book.ocrolus.count('doc-form-data')).toBeGreaterThan(0);
    expect(book.ocrolus.count('doc-form-data')).toBeLessThanOrEqual(4);
  });
});

test('nothing goes on in the background after a failure', async () => {
  let isAnswered = false;
  book.ocrolus.before = async (target) => {
    if (target.includes('form')) throw new Error('DynamoDB is down');
    if (!target.includes('transaction')) return;
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    isAnswered = true;
  };
  expect(await book.deliver('DOC_VERIFIED', D)).toHaveLength(1);
  expect(isAnswered).toBe(true);
});

test('an answer that breaks our code holds up no other result', async () => {
  book.ocrolus.before = (target) => {
    if (target.includes('form')) throw new TypeError('a bug');
  };
  expect(await book.deliver('DOC_VERIFIED', D, { attempts: 3 })).toEqual([]);
  expect((await book.missing()).filter((result) => result.endsWith(' d'))).toEqual(['forms d']);
  expect(book.counted('AnswerNotProcessed')).toBe(1);
});

test('what is computed from a corrected document is due, even if the function dies before it stores the document', async () => {
  await book.liveAfter('BOOK_VERIFIED', { days: 40 });
  expect((await book.shown())?.dueAt).toBeUndefined();
  book.answers(calls.documentForms('d'), { body: { response: { forms: ['new'] } } });
  book.beforeWrite = (item) => {
    if (item.startsWith('RESULT#forms')) throw new Error('killed');
  };
  await book.deliver('DOC_VERIFIED', D);
  expect(await book.shown()).toMatchObject({ complete: false });
  expect(await book.untilDue()).toBeLessThanOrEqual(600);
});

test('what a function stored for a later mark before it died is not asked for again', async () => {
  await book.deliver('BOOK_VERIFIED');
  let isStored = false;
  book.during('form', async () => {
    book.answers(calls.documentForms('d'), { body: { response: { forms: ['later'] } } });
    book.beforeWrite = (item) => {
      if (isStored) throw new Error('killed');
      isStored = item === 'RESULT#forms#d';
    };
    await book.deliver('DOC_VERIFIED', D);
    book.beforeWrite = () => {};
    book.answers(calls.documentForms('d'), { body: { response: { forms: ['earlier'] } } });
  });
  await book.deliver('DOC_VERIFIED', D);
  expect(isStored).toBe(true);
  expect(await book.body('forms', 'd')).toContain('later');
  expect(await book.missing()).not.toContain('forms d');
});

describe('signals', () => {
  test('of a document that is no longer listed are those of its book', async () => {
    book.saysEverything('d', 'e');
    await book.liveAfter('BOOK_VERIFIED', { days: 1 });
    book.saysEverything('d');
    await book.live(1);
    const before = book.ocrolus.count('book-fraud-signals');
    await book.deliver('document.detect.signal_found', { uploadedDocUuid: 'e' });
    expect(book.ocrolus.count('book-fraud-signals')).toBe(before + 1);
  });

  test('of a book are marked before those of a document that Detect refuses are closed', async () => {
    await book.deliver('BOOK_VERIFIED');
    book.answers(calls.documentSignals('d'), FORBIDDEN);
    book.answers(calls.partSignals('d'), FORBIDDEN);
    const { get } = book.table;
    book.table.get = async (...args) => {
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      return get(...args);
    };
    const written: string[] = [];
    book.beforeWrite = (item) => void written.push(item);
    book.ocrolus.before = () => {
      written.length = 0;
    };
    await book.deliver('document.detect.signal_found', D);
    expect(written.slice(0, 2)).toEqual(['BOOK', 'DOC#d']);
  });
});

describe('income', () => {
  test('of two answers counts for the earlier mark, and is as new as the older one', () => {
    const earlier = { class: 'stored', wanted: 100, at: '2026-03-02T08:00:00.000Z' } as const;
    const later = { class: 'stored', wanted: 101, at: '2026-03-02T09:00:00.000Z' } as const;
    expect(combine([earlier, later])).toMatchObject(earlier);
    expect(combine([later, earlier])).toMatchObject(earlier);
  });

  test('is missing while its summary is not ready', async () => {
    book.answers(calls.incomeCalculations('b'), { body: { incomes: [] } });
    book.answers(calls.incomeSummary('b'), error(425, 9004));
    await book.deliver('book.income.generated', {}, { attempts: 3 });
    expect(await book.missing()).toContain('income b');
  });
});
