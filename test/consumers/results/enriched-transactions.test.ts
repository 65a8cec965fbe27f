import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../shared/failure.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { memoryTable } from '../../store/testing/memory-table.ts';
import { bookStatus, TOO_EARLY } from '../testing/answers.ts';
import { saysAnalytics } from '../testing/complete-book.ts';
import { createHarness, delivery, type Harness, type Receiving, receive } from '../testing/harness.ts';
import { targetOf } from '../testing/ocrolus.ts';
import { entryOf } from '../testing/stored.ts';

/** Rows that Ocrolus gives at most. */
const MOST = 50;

let harness: Harness;
beforeEach(async () => {
  harness = createHarness(await memoryTable());
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING'));
  saysAnalytics(harness.ocrolus);
});

const FIRST = calls.enrichedTransactions('b');
const from = (offset: number) => (offset === 0 ? FIRST : calls.enrichedTransactionsFrom('b', offset));
const atOffset = (target: string) => Number(new URLSearchParams(target.split('?')[1]).get('offset') ?? 0);

/** Rows are counted from the latest: row n is the n-th oldest. */
const page = (offset: number, rows: number, more: object = {}) => ({
  body: {
    total: rows,
    filtered_total: 7,
    offset,
    limit: MOST,
    enriched_transactions: Array.from({ length: Math.max(0, Math.min(MOST, rows - offset)) }, (_, n) => ({
      pk: rows - offset - n,
    })),
    ...more,
  },
});

/** Lets Ocrolus have so many rows, in pages of 50. */
const hasRows = (rows: number, more: object = {}) => {
  for (let offset = 0; offset <= rows; offset += MOST)
    harness.ocrolus.says(from(offset), page(offset, rows, more));
  harness.ocrolus.says(from(rows), page(rows, rows, more));
};

let received = 0;
const deliver = (receiving: Receiving = {}) => {
  received += 1;
  const receivedAt = new Date(harness.clock.now() + received).toISOString();
  return receive(
    harness,
    [delivery('book.analytics_v2.generated', { bookUuid: 'b' }, { receivedAt })],
    receiving,
  );
};
const storedRows = async (): Promise<number[] | undefined> => {
  const pages = await harness.reader.resultPages('b', 'enriched-transactions');
  return pages?.flatMap((body) =>
    JSON.parse(String(body)).enriched_transactions.map(({ pk }: { pk: number }) => pk),
  );
};
const all = (rows: number) => Array.from({ length: rows }, (_, n) => rows - n);
const subjects = async () => {
  const results = await harness.reader.results('b');
  return results.flatMap(({ kind, subject }) => (kind === 'enriched-transactions' ? [subject] : []));
};
const asked = () =>
  harness.ocrolus.asked.flatMap(({ operation, target }) =>
    operation === 'enriched-transactions' ? [atOffset(target)] : [],
  );
const entry = () => entryOf(harness.table, 'b', 'enriched-transactions');

test('12,000 rows in pages of 50 are stored to the last row, and joined by the reader', async () => {
  hasRows(12_000);
  expect(await deliver()).toEqual([]);
  expect(await storedRows()).toEqual(all(12_000));
  expect(await entry()).toMatchObject({ state: 'stored' });
  // One call for each page, one that is empty because the last page was full, one for the first page again.
  expect(asked()).toHaveLength(240 + 2);
});

test.each([0, 1, 49])('%i rows are one answer, one item and one call', async (rows) => {
  hasRows(rows);
  await deliver();
  expect(await subjects()).toEqual(['b']);
  expect(asked()).toEqual([0]);
  const [result] = (await harness.reader.results('b')).filter(({ kind }) => kind === 'enriched-transactions');
  expect(result).not.toHaveProperty('set');
});

test.each([
  ['a total that is too small', { total: 3 }],
  ['no total', { total: undefined }],
  ['no total and no limit', { total: undefined, limit: undefined }],
  ['no limit', { limit: undefined }],
  ['a filtered_total of nothing', { filtered_total: 0 }],
])('with %s, what comes is read until nothing more comes', async (_, more) => {
  hasRows(120, more);
  await deliver();
  expect(await storedRows()).toEqual(all(120));
});

// In one of the vendor's examples the page begins at row 1 and has two rows, of a total of two.
test.each([120, 100, 51, 50, 3])(
  'a total of the page itself is no change: %i rows are read',
  async (rows) => {
    for (let offset = 0; offset <= rows; offset += MOST) {
      const { length } = page(offset, rows).body.enriched_transactions;
      harness.ocrolus.says(from(offset), page(offset, rows, { total: length, filtered_total: MOST }));
    }
    expect(await deliver()).toEqual([]);
    expect(await storedRows()).toEqual(all(rows));
    expect(await entry()).toMatchObject({ state: 'stored' });
  },
);

test('a full first page is followed by a look for more, whatever the total says', async () => {
  hasRows(50);
  await deliver();
  expect(await subjects()).toEqual(['b']);
  expect(asked()).toEqual([0, 50]);
});

test('pages without a total, after a first page that has one, are read until it is reached', async () => {
  hasRows(120);
  for (const offset of [50, 100]) harness.ocrolus.says(from(offset), page(offset, 120, { total: undefined }));
  expect(await deliver()).toEqual([]);
  expect(await storedRows()).toEqual(all(120));
  expect(await entry()).toMatchObject({ state: 'stored' });
  expect(asked()).toEqual([0, 50, 100, 0]);
});

test('an empty page after the last row ends the set, also when its total counts no rows', async () => {
  hasRows(100);
  harness.ocrolus.says(from(100), page(100, 100, { total: 0 }));
  expect(await deliver()).toEqual([]);
  expect(await storedRows()).toEqual(all(100));
  expect(await entry()).toMatchObject({ state: 'stored' });
});

test('an empty page before the total is asked for once more, and then ends the set', async () => {
  for (const offset of [0, 50, 100]) harness.ocrolus.says(from(offset), page(offset, 120, { total: 500 }));
  harness.ocrolus.says(from(120), page(120, 120, { total: 500 }));
  await deliver();
  expect(await storedRows()).toEqual(all(120));
  expect(asked()).toEqual([0, 50, 100, 120, 120, 0]);
});

test('an empty page that was a slip ends nothing', async () => {
  hasRows(120);
  harness.ocrolus.says(from(50), page(50, 120, { enriched_transactions: [] }), page(50, 120));
  await deliver();
  expect(await storedRows()).toEqual(all(120));
});

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
    expect(await entry()).toMatchObject({ state: 'pending', code: 'pages-left' });
    expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'enriched-transactions' }]);
    harness.ocrolus.before = () => {};
    harness.ocrolus.asked.splice(0);
    harness.clock.advance(60);
    await receive(harness, [
      delivery(
        'poll.results',
        { bookUuid: 'b' },
        {
          source: 'poll',
          channel: 'book-results',
          receivedAt: harness.clock.iso(),
          wants: [{ kind: 'enriched-transactions', subject: 'b' }],
        },
      ),
    ]);
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
  test('while pages are read begin the set again: the total changes', async () => {
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

  test('again and again leave the set missing, and the book open', async () => {
    let rows = 200;
    hasRows(rows);
    harness.ocrolus.before = (target) => {
      if (!target.includes('enriched') || atOffset(target) !== 50) return;
      rows += 1;
      hasRows(rows);
    };
    await deliver({ attempts: 3 });
    expect(await entry()).toMatchObject({ state: 'pending', code: 'rows-changing' });
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

test.each([
  ['shorter', 120, 3],
  ['no longer in pages', 30, 1],
])('the pages of an earlier, longer set are removed when it is %s', async (_, rows, items) => {
  hasRows(400);
  await deliver();
  expect(await subjects()).toHaveLength(8);
  hasRows(rows);
  harness.clock.advance(3600);
  await deliver();
  expect(await subjects()).toHaveLength(items);
  expect(await storedRows()).toEqual(all(rows));
});

test('the same rows once more are the same set for readers, with nothing left over', async () => {
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

test('a crash before the first page is stored shows readers nothing of the set', async () => {
  hasRows(400);
  harness.ocrolus.before = (target) => {
    const isAgain = harness.ocrolus.count('enriched-transactions') > 2 && target === targetOf(FIRST);
    if (isAgain) throw new Failure('retry', 'network');
  };
  expect(await deliver()).toEqual(['message-0']);
  expect(await storedRows()).toBeUndefined();
});

test.each([
  ['is not ready', TOO_EARLY, 'pending'],
  ['is refused', { httpStatus: 403, body: {} }, 'wanted'],
  ['has no rows that can be read', { body: { rows: 'try later' } }, 'pending'],
  ['is the first one again', page(0, 120), 'pending'],
])('a page that %s leaves the whole list missing', async (_, reply, state) => {
  hasRows(120);
  harness.ocrolus.says(from(50), reply);
  await deliver({ attempts: 3 });
  expect(await harness.reader.missing('b')).toMatchObject([{ kind: 'enriched-transactions', state }]);
  expect(await storedRows()).toBeUndefined();
});
