import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { type Harness, look, receive } from '../testing/harness.ts';
import { targetOf } from '../testing/ocrolus.ts';
import { createAnalyticsHarness } from './testing/analytics.ts';
import { all, atOffset, enrichedTransactions, FIRST, from, MOST, page } from './testing/enriched.ts';

let harness: Harness;

beforeEach(async () => {
  harness = createAnalyticsHarness(await memoryTable());
});

const { hasRows, deliver, storedRows, subjects, asked, entry } = enrichedTransactions(() => harness);

describe('a deadline in the middle', () => {
  const failsFrom = (offset: number) => {
    harness.ocrolus.before = (target) => {
      if (target.includes('enriched') && atOffset(target) >= offset) throw new Failure('retry', 'network');
    };
  };

  test('leaves what was read; the next attempt continues there', async () => {
    hasRows(500);
    failsFrom(300);
    await deliver({ attempts: 3 });
    expect(await storedRows()).toBeUndefined();
    expect(await entry()).toMatchObject({ answered: 0, code: 'pages-left' });
    expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'enriched-transactions' }]);
    harness.ocrolus.before = () => {};
    harness.ocrolus.asked.splice(0);
    harness.clock.advance(300);
    await receive(harness, [look('b')]);
    expect(asked()).toEqual([0, 300, 350, 400, 450, 500, 0]);
    expect(await storedRows()).toEqual(all(500));
    expect(await entry()).toMatchObject({ state: 'stored' });
  });

  test('before the second page retries the message', async () => {
    hasRows(120);
    failsFrom(50);
    expect(await deliver()).toEqual(['message-0']);
    expect((await entry())?.state).not.toBe('stored');
  });

  test('is not continued for a later event: its rows may be older', async () => {
    hasRows(200);
    failsFrom(100);
    await deliver({ attempts: 3 });
    harness.ocrolus.before = () => {};
    harness.ocrolus.asked.splice(0);
    harness.clock.advance(3600);
    await deliver();
    expect(asked()).toEqual([0, 50, 100, 150, 200, 0]);
    expect(await storedRows()).toEqual(all(200));
  });
});

describe('rows that are added', () => {
  test('while pages are read restart the set, because the total changes', async () => {
    hasRows(200);
    let isAdded = false;
    harness.ocrolus.before = (target) => {
      if (isAdded || !target.includes('enriched') || atOffset(target) < 100) return;
      isAdded = true;
      hasRows(230);
    };
    await deliver();
    expect(await storedRows()).toEqual(all(230));
  });

  test('in place of others, with the same total, are noticed by the first page', async () => {
    hasRows(200);
    let isChanged = false;
    harness.ocrolus.before = (target) => {
      if (isChanged || !target.includes('enriched') || atOffset(target) < 150) return;
      isChanged = true;
      for (let offset = 0; offset <= 200; offset += MOST) {
        const rows = all(201).slice(offset, Math.min(200, offset + MOST));
        harness.ocrolus.says(
          from(offset),
          page(offset, 200, { enriched_transactions: rows.map((pk) => ({ pk })) }),
        );
      }
    };
    await deliver();
    expect(await storedRows()).toEqual(all(201).slice(0, 200));
  });

  test('again and again leave the set missing, and the book incomplete', async () => {
    let rows = 200;
    hasRows(rows);
    harness.ocrolus.before = (target) => {
      if (!target.includes('enriched') || atOffset(target) !== 50) return;
      rows += 1;
      hasRows(rows);
    };
    await deliver({ attempts: 3 });
    expect(await entry()).toMatchObject({ answered: 0, code: 'rows-changing' });
    expect(await storedRows()).toBeUndefined();
  });

  test('later leave the earlier set readable until the new one is whole', async () => {
    hasRows(200);
    await deliver();
    hasRows(300);
    harness.clock.advance(3600);
    harness.ocrolus.before = async (target) => {
      if (target.includes('enriched')) expect(await storedRows()).toEqual(all(200));
    };
    await deliver();
    expect(await storedRows()).toEqual(all(300));
  });
});

test('the same rows again are the same set for readers, with nothing left over', async () => {
  hasRows(120);
  await deliver();
  harness.clock.advance(3600);
  await deliver();
  expect(await subjects()).toHaveLength(3);
  expect(await storedRows()).toEqual(all(120));
});

test('two consumers at once leave one whole set', async () => {
  hasRows(400);
  await Promise.all([deliver(), deliver(), deliver()]);
  expect(await storedRows()).toEqual(all(400));
  expect(await entry()).toMatchObject({ state: 'stored' });
});

test('a set of which another function has removed a page is not shown to readers', async () => {
  hasRows(400);
  harness.ocrolus.before = async (target) => {
    const isAgain = harness.ocrolus.count('enriched-transactions') > 2 && target === targetOf(FIRST);
    if (!isAgain) return;
    harness.ocrolus.before = () => {};
    const [subject] = await subjects();
    await harness.table.delete({ bookId: 'b', item: `RESULT#enriched-transactions#${subject}` });
  };
  await deliver({ attempts: 3 });
  expect(await storedRows()).toBeUndefined();
  expect(await entry()).toMatchObject({ answered: 0, code: 'pages-left' });
});

test('a crash before the first page is stored shows readers nothing of the set', async () => {
  hasRows(400);
  harness.ocrolus.before = (target) => {
    const isAgain = harness.ocrolus.count('enriched-transactions') > 2 && target === targetOf(FIRST);
    if (isAgain) throw new Failure('retry', 'network');
  };
  expect(await deliver()).toEqual(['message-0']);
  expect(await storedRows()).toBeUndefined();
});
