import { expect, test } from 'vitest';
import { iso } from '../../../../shared/time.ts';
import { createAccountList } from './testing/account-list.ts';

const DAY = 86_400;

/** Calls and units of a day of which every run reads all that it should, after two days and a half. */
async function costOfADay(books: number, share: number) {
  const { list, harness, table, run } = await createAccountList();
  const created = new Map<bigint, string>();
  list.createdAt = (pk) => created.get(pk);
  let missing = 0;
  const live = async (runs: number, runsADay: number) => {
    for (let n = 0; n < runs; n += 1) {
      harness.clock.advance(DAY / runsADay);
      for (missing += books / runsADay; missing >= 1; missing -= 1) {
        created.set(list.nextPk, iso(harness.clock.now()));
        list.add(1);
      }
      await run();
    }
  };
  await live(60, 24);
  list.pages = 0;
  const before = { ...table.usage };
  await live(288 * share, 288);
  const { usage } = table;
  expect(usage.refusedWrites).toBe(0);
  const rounded = (count: number) => Math.round(count / share / 100) * 100;
  return [
    rounded(list.pages),
    rounded(usage.readUnits - before.readUnits),
    rounded(usage.writeUnits - before.writeUnits),
  ];
}

/** The figures of functions/poller/discovery/discover.ts. */
test.each([
  [0, 1, [300, 300, 300]],
  [100, 1, [1200, 59_700, 1400]],
  [1000, 1 / 2, [2300, 200_700, 4300]],
  [10_000, 1 / 6, [3100, 301_500, 23_100]],
])('%i new books a day', async (books, share, expected) => {
  expect(await costOfADay(books, share)).toEqual(expected);
});
