import { expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { readBook } from '../../shared/store/books.ts';
import { createHarness, receive } from '../consumers/testing/harness.ts';
import { delivery } from '../events/testing/delivery.ts';
import { createPollerHarness } from '../poller/testing/harness.ts';
import { memoryTable } from '../store/testing/memory-table.ts';
import { useTables } from '../store/testing/table.ts';
import { ANALYTICS_TOO_EARLY, saysEverything } from './testing/answers.ts';
import { createBookHarness, deliver } from './testing/harness.ts';

const createTable = useTables();

test('what an event schedules while the same book is looked at is kept', async () => {
  const harness = createPollerHarness(await createTable());
  const { ocrolus, consumers } = harness;
  saysEverything(ocrolus);
  await deliver(harness, 'BOOK_VERIFIED');
  ocrolus.says(calls.incomeCalculations('b'), ANALYTICS_TOO_EARLY);
  ocrolus.says(calls.incomeSummary('b'), ANALYTICS_TOO_EARLY);
  harness.clock.advance(700);
  let isMeanwhile = false;
  ocrolus.before = async (target) => {
    if (isMeanwhile || !target.startsWith('/v1/book/status')) return;
    isMeanwhile = true;
    const event = delivery('book.income.generated', { bookUuid: 'b' }, { receivedAt: harness.clock.iso() });
    await receive(consumers, [event], { attempts: 3 });
  };
  await harness.run();
  await harness.process();
  expect(isMeanwhile).toBe(true);
  const income = (await harness.reader.missing('b')).find(({ kind }) => kind === 'income');
  expect(income).toMatchObject({ state: 'pending', code: '9004' });
  const dueAt = Date.parse((await readBook(harness.table, 'b'))?.dueAt ?? '');
  expect(dueAt - harness.clock.now()).toBeLessThanOrEqual(600_000);
});

test('two consumers open different results of one book at the same time', async () => {
  const harness = createPollerHarness(await createTable());
  const { ocrolus } = harness;
  saysEverything(ocrolus);
  await deliver(harness, 'BOOK_VERIFIED');
  for (const call of [
    calls.incomeCalculations('b'),
    calls.incomeSummary('b'),
    calls.suspiciousActivityFlags('b'),
  ]) {
    ocrolus.says(call, ANALYTICS_TOO_EARLY);
  }
  const other = createHarness(harness.table, { clock: harness.clock, ocrolus });
  await Promise.all([
    deliver(harness, 'book.income.generated', {}, { attempts: 3 }),
    receive(other, [delivery('SUSPICIOUS_ACTIVITY', { bookUuid: 'b' })], { attempts: 3 }),
  ]);
  const kinds = (await harness.reader.missing('b')).map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['income', 'suspicious-activity']));
});

test('a crash between any two writes loses nothing', async () => {
  for (let crashAt = 1; crashAt <= 12; crashAt += 1) {
    const table = await memoryTable();
    let writes = 0;
    const isOver = () => {
      writes += 1;
      if (writes > crashAt) throw new Error('killed');
    };
    const dying: typeof table = {
      ...table,
      put: async (...args) => {
        isOver();
        return table.put(...args);
      },
      update: async (...args) => {
        isOver();
        return table.update(...args);
      },
      delete: async (...args) => {
        isOver();
        return table.delete(...args);
      },
    };
    const harness = createPollerHarness(table);
    saysEverything(harness.ocrolus);
    const event = delivery('book.income.generated', { bookUuid: 'b' });
    harness.ocrolus.says(calls.incomeCalculations('b'), { body: { incomes: [] } });
    harness.ocrolus.says(calls.incomeSummary('b'), { body: {} });
    const killed = createHarness(dying, { clock: harness.clock, ocrolus: harness.ocrolus });
    await receive(killed, [event]).catch(() => {});
    // The message is received again, and the Lambda dies again, at any place.
    writes = 0;
    await receive(killed, [event], { attempts: 2 }).catch(() => {});
    // The message is dead: whatever the second receive wrote down must be enough, where it wrote anything.
    const isKnown = (await readBook(table, 'b')) !== undefined;
    if (!isKnown) continue;
    await harness.live(2);
    const kinds = (await harness.reader.results('b')).map(({ kind }) => kind);
    expect(kinds, `killed at write ${crashAt}`).toContain('income');
    expect((await harness.reader.book('b'))?.complete).toBe(true);
  }
});

test('an answer that was asked before an event does not count for it', async () => {
  const harness = await createBookHarness();
  const { clock, ocrolus } = harness;
  await deliver(harness, 'BOOK_VERIFIED');
  const flags = calls.suspiciousActivityFlags('b');
  ocrolus.says(flags, { body: { revision: 1 } });
  // While the answer is under way, there is something new: the event's own request is refused, and its message is lost.
  ocrolus.before = async (target) => {
    if (!target.includes('suspicious')) return;
    ocrolus.before = () => {};
    ocrolus.says(flags, { httpStatus: 403, body: {} });
    clock.advance(1);
    await deliver(harness, 'SUSPICIOUS_ACTIVITY');
    ocrolus.says(flags, { body: { revision: 1 } });
  };
  await deliver(harness, 'SUSPICIOUS_ACTIVITY', {}, { attempts: 3 });
  expect(await harness.reader.missing('b')).toContainEqual(
    expect.objectContaining({ kind: 'suspicious-activity' }),
  );
  ocrolus.says(flags, { body: { revision: 2 } });
  await harness.liveHours(1);
  expect(String(await harness.reader.resultBody('b', 'suspicious-activity'))).toContain('"revision":2');
});
