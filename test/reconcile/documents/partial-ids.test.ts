import { expect, test } from 'vitest';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { error } from '../../consumers/testing/answers.ts';
import { receive } from '../../consumers/testing/harness.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { createPollerHarness } from '../../poller/testing/harness.ts';
import { useTables } from '../../store/testing/table.ts';
import { saysEverything, saysStatus } from '../testing/answers.ts';
import { createBookHarness } from '../testing/harness.ts';

const createTable = useTables();

test('entries of a book that was known by its pk only move to its uuid', async () => {
  const harness = createPollerHarness(await createTable());
  const { ocrolus } = harness;
  ocrolus.says(calls.bookStatus({ bookPk: '7' }), error(400, 1401));
  await receive(harness.consumers, [delivery('book.income.generated', { bookPk: '7' })], { attempts: 3 });
  expect((await harness.reader.missing('pk-7')).map(({ kind }) => kind)).toEqual(['income']);
  saysEverything(ocrolus);
  ocrolus.says(calls.bookStatus({ bookPk: '7' }), ...ocrolus.script(calls.bookStatus({ bookUuid: 'b' })));
  ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
  ocrolus.says(calls.incomeSummary('b'), { body: {} });
  await harness.live(1);
  expect(await harness.reader.book('pk-7')).toBeUndefined();
  expect((await harness.reader.results('b')).map(({ kind }) => kind)).toContain('income');
  const events = (await harness.reader.events('b')).filter(({ source }) => source === 'webhook');
  expect(events.map(({ eventName }) => eventName)).toEqual(['book.income.generated']);
});

test('documents that events name by their pk only are captured', async () => {
  const harness = await createBookHarness({}, ['d1', 'd2']);
  const { ocrolus } = harness;
  saysStatus(ocrolus, 'b', 'VERIFIED', [
    { uuid: 'd1', pk: 11, status: 'VERIFICATION_COMPLETE' },
    { uuid: 'd2', pk: 12, status: 'VERIFICATION_COMPLETE' },
  ]);
  await receive(harness.consumers, [
    delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocPk: '11' }),
    delivery('document.detect.signal_found', { bookUuid: 'b', uploadedDocPk: '12' }),
  ]);
  const results = (await harness.reader.results('b')).map(({ kind, subject }) => `${kind} ${subject}`);
  expect(results.sort()).toEqual(['forms d1', 'signals d2', 'transactions d1']);
});
