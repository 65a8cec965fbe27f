import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { combine } from '../../shared/reconcile/results/fetch.ts';
import { createHarness, receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { ANALYTICS_TOO_EARLY } from './testing/answers.ts';
import { createBookHarness, deliver } from './testing/harness.ts';

test('a result of two answers counts for the earlier mark, and is as new as the older one', () => {
  const earlier = { class: 'stored', wanted: 100, at: '2026-03-02T08:00:00.000Z' } as const;
  const later = { class: 'stored', wanted: 101, at: '2026-03-02T09:00:00.000Z' } as const;
  expect(combine([earlier, later])).toMatchObject(earlier);
  expect(combine([later, earlier])).toMatchObject(earlier);
});

test('income is missing while its summary is not ready', async () => {
  const harness = await createBookHarness();
  harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  harness.ocrolus.says(calls.incomeSummary('b'), ANALYTICS_TOO_EARLY);
  await deliver(harness, 'book.income.generated', {}, { attempts: 3 });
  const kinds = (await harness.reader.missing('b')).map(({ kind }) => kind);
  expect(kinds).toContain('income');
});

test('what a function stored for a later mark before it died is not asked for again', async () => {
  const harness = await createBookHarness();
  const { ocrolus, clock, table } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  const event = delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' });
  let isDead = false;
  const put: typeof table.put = async (item, condition) => {
    if (isDead) throw new Error('killed');
    const written = await table.put(item, condition);
    isDead = item.item === 'RESULT#forms#d';
    return written;
  };
  ocrolus.before = async (target) => {
    if (!target.includes('form')) return;
    ocrolus.before = () => {};
    ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['later'] } } });
    await receive(createHarness({ ...table, put }, { clock, ocrolus }), [event]);
    ocrolus.says(calls.documentForms('d'), { body: { response: { forms: ['earlier'] } } });
  };
  await deliver(harness, 'DOC_VERIFIED', { uploadedDocUuid: 'd' });
  expect(isDead).toBe(true);
  expect(String(await harness.reader.resultBody('b', 'forms', 'd'))).toContain('later');
  const ofDocument = (await harness.reader.missing('b')).filter(({ subject }) => subject === 'd');
  expect(ofDocument.map(({ kind }) => kind)).not.toContain('forms');
});
