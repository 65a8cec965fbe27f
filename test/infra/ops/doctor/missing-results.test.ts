import { expect, it, test } from 'vitest';
import { BOOK_CHECKS } from '../../../../infra/ops/health/books.ts';
import { BookItem } from '../../../../shared/store/items.ts';
import { BOOK_ITEM, dueShard } from '../../../../shared/store/keys.ts';
import { second } from '../../../shared/store/testing/observations.ts';
import { runOne } from '../testing/doctor.ts';
import { useStack } from '../testing/stack.ts';

const HOUR = 3600;
const stack = useStack('doc-verified');

/** Stores a book that is polled, which lacks its summary since the n-th second. */
async function lacking(bookId: string, n: number, code = '1404'): Promise<void> {
  const item: BookItem = {
    ...{ bookId, item: BOOK_ITEM, account: 'default', status: 'VERIFIED', generation: 1, source: 'webhook' },
    ...{ createdAt: second(0), updatedAt: second(0), revision: 1, complete: false, open: ['summary'] },
    ...{ dueShard: dueShard(bookId), dueAt: second(9) },
  };
  const entry = { wanted: 5, answered: 0, tried: 5, tries: 2, since: second(n), nextAt: second(99), code };
  await stack.table.put({ ...BookItem.parse(item), 'need#summary': entry });
}

const runCheck = (n: number, pollSeconds?: number) =>
  runOne(BOOK_CHECKS, 'missing results', {
    target: { ...stack.target, pollSeconds },
    which: ' --stage prod',
    now: Date.parse(second(n)),
  });

it('are none in an empty table', async () => {
  expect(await runCheck(0)).toMatchObject({ state: 'ok', found: 'none of the 0 books that are polled next' });
});

it('are overdue after a day, with their code and the one that is missing longest', async () => {
  await lacking('a', 60);
  await lacking('b', 0);
  expect(await runCheck(24 * HOUR - 1)).toMatchObject({
    state: 'ok',
    found: 'none is overdue; 2 of the 2 books that are polled next wait for results',
  });
  expect(await runCheck(24 * HOUR + 1)).toMatchObject({
    ...{ state: 'warn', count: 1, concerns: ['b'], since: second(0) },
    found: `1 overdue in 1 of the 2 books that are polled next: summary (1404), one since ${second(0)}`,
    todo: 'ops book b --stage prod; docs/runbook.md#results-overdue',
  });
});

test('a stack whose poller runs more often is less patient in proportion', async () => {
  await lacking('a', 0);
  expect(await runCheck(HOUR, 3)).toMatchObject({ state: 'warn' });
});

it.each(['detect-pending', 'detect-absent'])(
  'are not signals that Detect has not ended: %s',
  async (code) => {
    await lacking('a', 0, code);
    expect(await runCheck(48 * HOUR)).toMatchObject({ state: 'ok' });
  },
);
