import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../shared/checklist/entry.ts';
import { type Book, updateBook } from '../../../shared/store/books.ts';
import { document, observation, second, writeBook } from '../testing/observations.ts';
import { useReader } from '../testing/reader.ts';

const given = useReader();
const { writeDocument } = given;

describe('what is missing', () => {
  const open = (more: Partial<Entry> = {}): Entry => ({
    state: 'pending',
    version: 1,
    since: second(2),
    attempts: 3,
    nextAt: second(900),
    code: '1404',
    ...more,
  });
  const closed: Entry = { state: 'stored', version: 1, since: second(2), attempts: 0, at: second(2) };
  const write = async (more: Partial<Book>, status = 'VERIFIED') => {
    await writeBook(given.table, observation(given.bookUuid, 1, status));
    await updateBook(given.table, given.bookUuid, (book) => book && { ...book, ...more });
  };
  const missing = async () =>
    (await given.reader.missing(given.bookUuid)).map(
      ({ kind, subject, state }) => `${state} ${kind} ${subject}`,
    );

  test('is reported with its state, its last code and its next attempt', async () => {
    await write({
      entries: {
        income: open(),
        'business#x': open({ state: 'wanted', code: undefined, nextAt: undefined }),
      },
    });
    const common = { since: second(2), attempts: 3 };
    const missed = await given.reader.missing(given.bookUuid);
    expect(missed).toHaveLength(2);
    expect(missed).toEqual(
      expect.arrayContaining([
        {
          kind: 'income',
          subject: given.bookUuid,
          state: 'pending',
          ...common,
          nextAt: second(900),
          code: '1404',
        },
        { kind: 'business', subject: 'x', state: 'wanted', ...common, nextAt: null, code: null },
      ]),
    );
  });

  test('is what is open or has expired, of this generation', async () => {
    const { nextAt: _, ...expired } = open({ state: 'expired' });
    await write({
      entries: {
        income: expired,
        summary: closed,
        signals: { ...closed, state: 'unavailable', code: '9006' },
        classification: open({ state: 'probe' }),
        analytics: open({ version: 2 }),
      },
    });
    expect(await missing()).toEqual([`expired income ${given.bookUuid}`]);
  });

  test('is reported for each document, where the book lacks the kind', async () => {
    await write({
      open: ['forms', 'signals', 'transactions'],
      round: { digest: 'x', count: 1, nextAt: second(700) },
    });
    const [a, b, c, d] = ['a', 'b', 'c', 'd'];
    await writeDocument(document('VERIFICATION_COMPLETE', a), {
      forms: closed,
      transactions: open(),
      signals: open(),
    });
    await writeDocument(document('VERIFICATION_COMPLETE', b), {
      forms: open({ version: 0 }),
      transactions: closed,
    });
    await writeDocument(document('REJECTED', c));
    await writeDocument({ ...document('COMPLETED', d), mixed: true });
    expect(await missing()).toEqual(['pending transactions a', 'pending signals a', 'wanted forms b']);
    expect((await given.reader.missing(given.bookUuid)).at(-1)).toEqual({
      kind: 'forms',
      subject: 'b',
      state: 'wanted',
      since: second(1),
      attempts: 0,
      nextAt: second(700),
      code: null,
    });
  });

  test('is nothing of documents if the policy is `never`, or nothing is served', async () => {
    await write({ open: [] });
    await writeDocument(document('VERIFICATION_COMPLETE', 'a'), { transactions: open() });
    expect(await missing()).toEqual([]);
  });

  test('is nothing of a deleted book', async () => {
    await write({ entries: { income: open() } });
    await writeDocument(document('VERIFICATION_COMPLETE', 'a'), { transactions: open() });
    await writeBook(given.table, observation(given.bookUuid, 9, 'DELETED'));
    expect(await missing()).toEqual([]);
  });
});
