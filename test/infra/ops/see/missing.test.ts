import { describe, expect, it, test } from 'vitest';
import { BOOK_CHECKS } from '../../../../infra/ops/health/books.ts';
import { updateBook } from '../../../../shared/store/books.ts';
import { BookItem } from '../../../../shared/store/items.ts';
import { BOOK_ITEM, dueShard } from '../../../../shared/store/keys.ts';
import { Circuits } from '../../../../shared/store/polling/circuits.ts';
import { countRequests } from '../../../scale/testing/requests.ts';
import { second, TIMES } from '../../../shared/store/testing/observations.ts';
import { ops } from '../fake-target.ts';
import { runOne } from '../testing/doctor.ts';
import { useStack } from '../testing/stack.ts';

const stack = useStack('doc-verified');

/** Stores a book that is polled, which lacks some results since the n-th second. */
async function book(bookId: string, n: number, ...open: ('summary' | 'cash-flow')[]): Promise<void> {
  await lacking(bookId, n, open, '1404');
}

async function lacking(bookId: string, n: number, open: ('summary' | 'cash-flow')[], code: string) {
  const item: BookItem = {
    ...{ bookId, item: BOOK_ITEM, account: 'default', status: 'VERIFIED', generation: 1, source: 'webhook' },
    ...{ createdAt: second(0), updatedAt: second(0), revision: 1, complete: open.length === 0, open },
    ...{ dueShard: dueShard(bookId), dueAt: second(9) },
  };
  const times = { since: second(n), nextAt: second(99) };
  const entry = { wanted: 5, answered: 0, tried: 5, tries: 2, ...times, code };
  const entries = Object.fromEntries(open.map((kind) => [`need#${kind}`, entry]));
  await stack.table.put({ ...BookItem.parse(item), ...entries });
}

const missing = async (options = '') => {
  const { document, text } = await ops<{ bookId: string; kind: string }[]>(
    stack.target,
    `missing ${options}`,
  );
  return { text, found: document.map(({ bookId, kind }) => `${bookId} ${kind}`) };
};

test.each([
  ['', ['a summary', 'b cash-flow', 'b summary']],
  ['--kind summary', ['a summary', 'b summary']],
  [`--older ${second(1)}`, ['a summary']],
  ['--limit 1', ['a summary']],
])('%s: oldest first, of every book', async (options, expected) => {
  await book('b', 2, 'cash-flow', 'summary');
  await book('a', 1, 'summary');
  await book('complete', 1);
  expect((await missing(options)).found.sort()).toEqual(expected);
});

it('text counts by kind, and shows each entry with its state and code', async () => {
  await book('b', 2, 'summary');
  await book('a', 1, 'summary');
  const { text } = await missing();
  expect(text).toContain(`summary  2        2      ${second(1)}`);
  expect(text).toMatch(new RegExp(`pending +2 +${second(99)} +1404`));
});

it('an entry that is not asked for says why: its book is refused, or its kind to every book', async () => {
  await book('a', 1, 'summary');
  await book('b', 2, 'cash-flow');
  const refused = { code: '2102', since: second(1), count: 4 };
  await updateBook(stack.table, 'a', (known) => known && { ...known, refused });
  const circuits = new Circuits(stack.table, TIMES, () => Date.parse(second(10)));
  for (let n = 0; n < 20; n += 1) await circuits.refused('default', 'cash-flow', '1203', `b${n}`);
  const { text } = await missing();
  expect(text).toMatch(/ a .* pending +6 .* 2102: Ocrolus does not show the book\n/);
  expect(text).toMatch(/ b .* pending +2 .* 1203: refused for every book$/);
});

it('books without missing results cost one read for a hundred of them', async () => {
  for (let n = 0; n < 20; n += 1) await book(`complete-${n}`, 1);
  // Version 0.1 left it of a book of which only the pk was known: `ops doctor` lists it.
  await book('pk-7', 1, 'summary');
  const requests = countRequests(stack.table);
  expect((await missing()).text).toBe('nothing is missing');
  // Four shards of the index, one batch.
  expect(requests.reads).toBe(5);
});

describe('the check of doctor: missing results', () => {
  const HOUR = 3600;
  const runCheck = (n: number, pollSeconds?: number) =>
    runOne(BOOK_CHECKS, 'missing results', {
      target: { ...stack.target, pollSeconds },
      which: ' --stage prod',
      now: Date.parse(second(n)),
    });

  it('finds none in an empty table', async () => {
    expect(await runCheck(0)).toMatchObject({
      state: 'ok',
      found: 'none of the 0 books that are polled next',
    });
  });

  it('finds those of more than a day, with their code and the one that is missing longest', async () => {
    await book('a', 60, 'summary');
    await book('b', 0, 'summary');
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

  it('is less patient in proportion where the poller runs more often', async () => {
    await book('a', 0, 'summary');
    expect(await runCheck(HOUR, 3)).toMatchObject({ state: 'warn' });
  });

  it.each(['detect-pending', 'detect-absent'])(
    'leaves out signals that Detect has not ended: %s',
    async (code) => {
      await lacking('a', 0, ['summary'], code);
      expect(await runCheck(48 * HOUR)).toMatchObject({ state: 'ok' });
    },
  );
});
