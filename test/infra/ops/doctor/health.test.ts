import { beforeEach, describe, expect, it } from 'vitest';
import { HEALTH_CHECKS } from '../../../../infra/ops/health/checks.ts';
import type { Target } from '../../../../infra/ops/target/target.ts';
import { openBucket } from '../../../../shared/rate-limit/bucket.ts';
import { newBook, updateBook } from '../../../../shared/store/books.ts';
import { BOOK_STATUS, Circuits } from '../../../../shared/store/polling/circuits.ts';
import { createClock } from '../../../shared/store/testing/clock.ts';
import { second, TIMES, WRITER } from '../../../shared/store/testing/observations.ts';
import { useTables } from '../../../shared/store/testing/table.ts';
import { fakeTarget } from '../fake-target.ts';
import { runOne } from '../testing/doctor.ts';

const createTable = useTables();
let parts: Partial<Target>;
let circuits: Circuits;
let since: string;
beforeEach(async () => {
  const table = await createTable();
  const clock = createClock();
  since = clock.iso();
  circuits = new Circuits(table, TIMES, clock.now);
  parts = { table: () => table, accounts: async () => ['default', 'lending'] };
});

const runCheck = (name: string, more: Partial<Target> = {}) =>
  runOne(HEALTH_CHECKS, name, {
    target: fakeTarget({ ...parts, ...more }),
    which: ' --stage prod',
    now: Date.parse(second(0)),
  });

const ACCESS = {
  ...{ apiUrl: 'http://ocrolus', authUrl: 'http://ocrolus', tokenFormat: undefined, audience: undefined },
  credentials: { clientId: 'id', clientSecret: 'secret' },
};

describe('throttling', () => {
  const pause = (until: number) => {
    const table = parts.table?.();
    if (table === undefined) throw new Error('there is no table');
    return openBucket(table, 'LIGHT', () => Date.parse(second(0))).pause(until);
  };

  it('is nothing in a new stack', async () => {
    expect(await runCheck('throttling')).toMatchObject({
      state: 'ok',
      found: 'Ocrolus has never answered 429',
    });
  });

  /** Calls, and answers 429, of two minutes. */
  const metrics = (calls: number, throttled: number) => async () => [
    [calls, null],
    [1, throttled - 1],
  ];

  it('is a tenth of the answers, and a 429 of the last half minute', async () => {
    await pause(Date.parse(second(-31)));
    expect(await runCheck('throttling', { metrics: metrics(100, 100) })).toMatchObject({ state: 'ok' });
    await pause(Date.parse(second(-29)));
    expect(await runCheck('throttling', { metrics: metrics(100, 10) })).toMatchObject({
      ...{ state: 'warn', count: 10 },
      found: `10 of 100 calls of the last minutes answered 429, and calls paused until ${second(-29)}`,
      todo: expect.stringMatching(/ops metrics.*#ocrolus-rate-limited$/),
    });
    expect(await runCheck('throttling', { metrics: metrics(100, 9) })).toMatchObject({
      state: 'ok',
      found: expect.stringMatching(/^few: 9 of 100 calls/),
    });
  });

  it('is assumed while the metrics have no calls yet', async () => {
    await pause(Date.parse(second(-29)));
    expect(await runCheck('throttling', { metrics: async () => [[null], [null]] })).toMatchObject({
      state: 'warn',
    });
  });
});

describe('what Ocrolus refuses', () => {
  const refuse = async (books: number, kind: string, code: string, account = 'default') => {
    for (let n = 0; n < books; n += 1) await circuits.refused(account, kind, code, `book-${n}`);
  };

  it('is nothing in a new stack', async () => {
    expect(await runCheck('Ocrolus')).toMatchObject({
      state: 'ok',
      found: 'refuses no kind of result for every book of default, lending',
    });
  });

  it.each(['auth', 'no-credentials', '1398'])('is the account, from the first book: %s', async (code) => {
    await refuse(1, BOOK_STATUS, code, 'lending');
    const checked = await runCheck('Ocrolus');
    expect(checked).toMatchObject({
      state: 'fail',
      found: `lending: credentials or account refused (${code}): book-status, books: 1`,
      todo: expect.stringContaining('docs/runbook.md#ocrolus-unavailable'),
    });
    expect(checked.todo).toContain('every five minutes');
    await circuits.answered('lending', BOOK_STATUS);
    expect(await runCheck('Ocrolus')).toMatchObject({ state: 'ok' });
  });

  it('is the account, and its credentials were changed since or not', async () => {
    await refuse(1, BOOK_STATUS, 'auth', 'lending');
    const changedAt = second(60);
    const ocrolus = async () => ({ ...ACCESS, changedAt });
    expect(await runCheck('Ocrolus', { ocrolus })).toMatchObject({
      found: expect.stringMatching(new RegExp(`; the credentials of lending were changed at ${changedAt}$`)),
      concerns: ['lending'],
    });
  });

  it('is nothing after one refusal of a kind that was not asked for since', async () => {
    await refuse(1, 'income', 'auth');
    expect(await runCheck('Ocrolus')).toMatchObject({ state: 'ok' });
  });

  it('is the account, since many books were refused, before anything else', async () => {
    await refuse(20, BOOK_STATUS, 'auth');
    await refuse(20, 'summary', 'http-403', 'lending');
    expect(await runCheck('Ocrolus')).toMatchObject({
      state: 'fail',
      found:
        `default: credentials or account refused (auth): book-status, books: at least 20, since ${since}; ` +
        `lending: refused for every book (http-403): summary, books: at least 20, since ${since}`,
    });
  });

  it('is Book status, for another reason', async () => {
    await refuse(20, BOOK_STATUS, 'http-403');
    expect(await runCheck('Ocrolus')).toMatchObject({
      state: 'fail',
      found: expect.stringMatching(/^default: refused for every book \(http-403\): book-status, books/),
      todo: 'docs/runbook.md#ocrolus-unavailable',
    });
  });

  it('is kinds of results, once many books were refused', async () => {
    await refuse(19, 'summary', '2102');
    expect(await runCheck('Ocrolus')).toMatchObject({ state: 'ok' });
    await refuse(20, 'summary', '2102');
    await refuse(20, 'income', '2102');
    expect(await runCheck('Ocrolus')).toMatchObject({
      state: 'warn',
      found: `default: refused for every book (2102): income, summary, books: at least 20, since ${since}`,
      todo: expect.stringContaining('docs/runbook.md#results-overdue'),
    });
  });

  it('may be books that do not exist, which does not concern the account', async () => {
    await refuse(20, BOOK_STATUS, '1401');
    expect(await runCheck('Ocrolus')).toMatchObject({ state: 'warn' });
  });

  it('does not count from an account that is no longer served', async () => {
    await refuse(20, BOOK_STATUS, 'auth', 'former');
    expect(await runCheck('Ocrolus')).toMatchObject({ state: 'ok' });
  });
});

it.each([
  [[], 'ok', 'no consumer', undefined],
  [['income'], 'warn', 'income: deliveries wait', /^ops resume income --stage prod,/],
  [['income', 'lifecycle'], 'warn', 'income, lifecycle: deliveries wait', /^ops resume --all --stage prod,/],
])('the paused consumers are %j', async (paused, state, found, todo) => {
  const checked = await runCheck('paused', { pausedChannels: async () => paused });
  expect(checked).toMatchObject({ state, found });
  if (todo !== undefined) expect(checked.todo).toMatch(todo);
});

it('what could not be read is marked', async () => {
  const pausedChannels = () => Promise.reject(new Error('AccessDenied'));
  expect(await runCheck('paused', { pausedChannels })).toMatchObject({
    ...{ state: 'fail', found: 'AccessDenied', isUnread: true },
    todo: expect.stringContaining('lambda:GetEventSourceMapping'),
  });
});

describe('books that Ocrolus does not show', () => {
  const put = (bookId: string, more: object = {}) =>
    updateBook(parts.table?.() as never, bookId, () => ({
      ...newBook(bookId, { bookUuid: bookId }, WRITER),
      ...more,
    }));
  const refused = (code: string, n: number) => ({ refused: { code, since: second(n), count: 1 } });

  it('are none', async () => {
    await put('shown');
    await put('gone', { status: 'NOT_FOUND', ...refused('1401', 1) });
    expect(await runCheck('books')).toMatchObject({
      state: 'ok',
      found: 'none of the 2 that are polled next is refused',
    });
  });

  it('are counted, with their codes, and the one that has waited longest', async () => {
    await put('shown');
    await put('late', refused('auth', 5));
    await put('early', refused('network', 1));
    expect(await runCheck('books')).toMatchObject({
      state: 'warn',
      found: expect.stringMatching(
        new RegExp(`^Ocrolus does not show 2 of the 3 that are .*auth.*, one since ${second(1)}$`),
      ),
      todo: expect.stringMatching(/^ops book early --stage prod; .*#ocrolus-unavailable$/),
    });
  });

  it('are looked for among a hundred', async () => {
    await Promise.all(Array.from({ length: 103 }, (_, n) => put(`book-${n}`)));
    expect(await runCheck('books')).toMatchObject({ found: expect.stringContaining('the 100 that are') });
  });
});
