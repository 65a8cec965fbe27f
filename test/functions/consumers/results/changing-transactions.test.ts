import { describe, expect, test } from 'vitest';
import { Failure } from '../../../../shared/failure.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { useBook } from '../../../shared/reconcile/testing/book.ts';
import { look } from '../testing/harness.ts';
import { all, enrichedTransactions, from, MOST, page } from './testing/enriched.ts';

const book = useBook();

const { hasRows, beforePage, deliver, storedRows, subjects, asked, entry } = enrichedTransactions(book);

describe('a deadline in the middle', () => {
  const failsFrom = (first: number) =>
    beforePage((offset) => {
      if (offset >= first) throw new Failure('retry', 'network');
    });

  test('leaves what was read; the next attempt continues there', async () => {
    hasRows(500);
    failsFrom(300);
    await deliver({ attempts: 3 });
    expect(await storedRows()).toBeUndefined();
    expect(await entry()).toMatchObject({ answered: 0, code: 'pages-left' });
    expect(await book.missing()).toEqual(['enriched-transactions b']);
    beforePage(() => {});
    book.ocrolus.asked.splice(0);
    book.clock.advance(300);
    await book.receive([look('b')]);
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
    beforePage(() => {});
    book.ocrolus.asked.splice(0);
    book.clock.advance(3600);
    await deliver();
    expect(asked()).toEqual([0, 50, 100, 150, 200, 0]);
    expect(await storedRows()).toEqual(all(200));
  });
});

describe('rows that are added', () => {
  test('while pages are read restart the set, because the total changes', async () => {
    hasRows(200);
    let isAdded = false;
    beforePage((offset) => {
      if (isAdded || offset < 100) return;
      isAdded = true;
      hasRows(230);
    });
    await deliver();
    expect(await storedRows()).toEqual(all(230));
  });

  test('in place of others, with the same total, are noticed by the first page', async () => {
    hasRows(200);
    let isChanged = false;
    beforePage((asked) => {
      if (isChanged || asked < 150) return;
      isChanged = true;
      for (let offset = 0; offset <= 200; offset += MOST) {
        const rows = all(201).slice(offset, Math.min(200, offset + MOST));
        const enriched_transactions = rows.map((pk) => ({ pk }));
        book.answers(from(offset), page(offset, 200, { enriched_transactions }));
      }
    });
    await deliver();
    expect(await storedRows()).toEqual(all(201).slice(0, 200));
  });

  test('again and again leave the set missing, and the book incomplete', async () => {
    let rows = 200;
    hasRows(rows);
    beforePage((offset) => {
      if (offset !== 50) return;
      rows += 1;
      hasRows(rows);
    });
    await deliver({ attempts: 3 });
    expect(await entry()).toMatchObject({ answered: 0, code: 'rows-changing' });
    expect(await storedRows()).toBeUndefined();
  });

  test('later leave the earlier set readable until the new one is whole', async () => {
    hasRows(200);
    await deliver();
    hasRows(300);
    book.clock.advance(3600);
    beforePage(async () => expect(await storedRows()).toEqual(all(200)));
    await deliver();
    expect(await storedRows()).toEqual(all(300));
  });
});

test('two consumers at once leave one whole set', async () => {
  hasRows(400);
  await Promise.all([deliver(), deliver(), deliver()]);
  expect(await storedRows()).toEqual(all(400));
  expect(await entry()).toMatchObject({ state: 'stored' });
});

test('a set of which another function has removed a page is not shown to readers', async () => {
  hasRows(400);
  beforePage(async (offset) => {
    if (offset > 0 || asked().length < 3) return;
    beforePage(() => {});
    const [subject] = await subjects();
    await book.table.delete({ bookId: 'b', item: `RESULT#enriched-transactions#${subject}` });
  });
  await deliver({ attempts: 3 });
  expect(await storedRows()).toBeUndefined();
  expect(await entry()).toMatchObject({ answered: 0, code: 'pages-left' });
});

test('pages that one invocation has no time for are continued every five minutes: 160 pages of four seconds', async () => {
  const { ocrolus, clock } = book;
  book.saysEverything('d');
  hasRows(8000);
  beforePage(() => {
    // As the client does: nothing is asked after the deadline, and an answer comes before it.
    if (clock.now() + 4000 > (ocrolus.asked.at(-1)?.deadline ?? 0)) throw new Failure('retry', 'deadline');
    clock.advance(4);
  });
  await book.deliver('BOOK_VERIFIED');
  const startedAt = clock.now();
  while ((await storedRows()) === undefined) {
    clock.advance(300);
    await book.look();
    expect(clock.now() - startedAt).toBeLessThan(12 * 3_600_000);
  }
  expect(asked().length).toBeLessThan(200);
});

test('a result of which only the second page has changed has a larger generation', async () => {
  const generations = [];
  for (const category of ['a', 'a', 'changed']) {
    hasRows(80);
    book.answers(calls.enrichedTransactionsFrom('b', 50), page(50, 80, { category }));
    await deliver();
    const [first] = (await book.reader.results('b')).filter(({ kind }) => kind === 'enriched-transactions');
    generations.push(first?.generation);
    book.clock.advance(3600);
  }
  expect(generations).toEqual([1, 1, 2]);
});
