import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { writeBook } from '../../shared/store/books.ts';
import { type BookItem, ResultItem } from '../../shared/store/items.ts';
import { BOOK_ITEM, resultItem } from '../../shared/store/keys.ts';
import { readKnownBook } from '../../shared/store/known-books.ts';
import { writeResult } from '../../shared/store/results.ts';
import { writeStrand } from '../../shared/store/strands.ts';
import type { Table } from '../../shared/store/table.ts';
import { Count } from '../numbers.ts';
import { memoryBodies } from './testing/bodies.ts';
import { document, observation, second, WRITER } from './testing/observations.ts';
import { again, isReopened, stepwise } from './testing/stepwise.ts';
import { useTables } from './testing/table.ts';

/*
 * News of a strand race with the discovery that its book was reopened. Whatever the order: what the book says to be
 * available is of its generation, and what has been told of once is there or looked for.
 */

const createTable = useTables();
let table: Table;
beforeAll(async () => {
  table = await createTable();
});

const looks = fc.array(
  fc.record({ status: fc.constantFrom('VERIFYING', 'VERIFIED'), documents: fc.subarray(['a', 'b']) }),
  { minLength: 2, maxLength: 4 },
);

/** News come between two looks, and are worked off by a machine whose clock is off. */
const news = fc.array(fc.record({ after: fc.nat(4), skew: fc.constantFrom(-3, 0, 3) }), {
  minLength: 1,
  maxLength: 2,
});

test('what is available is of the generation, and what was told of is there or looked for', {
  timeout: 600_000,
}, async () => {
  const run = fc.asyncProperty(
    fc.scheduler(),
    looks,
    news,
    fc.infiniteStream(fc.nat(9)),
    async (scheduler, history, told, chance) => {
      const bookId = randomUUID();
      let crashesLeft = 4;
      const crash = () => chance.next().value === 0 && crashesLeft-- > 0;
      const on = stepwise(table, scheduler, crash);
      const all = [
        ...history.map(({ status, documents }, n) => {
          const seen = documents.map((uuid) => document('VERIFICATION_COMPLETE', uuid));
          return again(() => writeBook(on, observation(bookId, n + 1, status, seen), WRITER));
        }),
        ...told.map(({ after, skew }) => tellOf(on, bookId, after + 0.5 + skew)),
      ];
      await scheduler.waitFor(Promise.all(all));
      await expectTold(bookId);
    },
  );
  await fc.assert(run, { numRuns: Count.parse(process.env.MODEL_RUNS ?? '150') });
});

/** Fetches and says as a consumer does, until it is through; a retry comes when all looks are over. */
async function tellOf(on: Table, bookId: string, at: number): Promise<void> {
  let now = at;
  for (;;) {
    try {
      return await again(() => writeAnalytics(on, bookId, second(now)));
    } catch (error) {
      if (!isReopened(error)) throw error;
      now = Math.max(now + 1, 10);
    }
  }
}

async function writeAnalytics(on: Table, bookId: string, now: string): Promise<void> {
  const generation = (await readKnownBook(on, bookId))?.generation ?? 1;
  await writeResult(on, memoryBodies(), {
    bookId,
    kind: 'summary',
    subject: bookId,
    operation: 'Book-summary',
    body: Buffer.from('{}'),
    fetchedAt: now,
    generation,
    summary: {},
  });
  await writeStrand(on, bookId, 'analytics', { state: 'available', at: now }, generation, WRITER);
}

async function expectTold(bookId: string): Promise<void> {
  const book = (await table.get({ bookId, item: BOOK_ITEM })) as BookItem | undefined;
  const result = ResultItem.parse(await table.get({ bookId, item: resultItem('summary', bookId) }));
  if (book?.analytics === undefined) expect(book?.expected).toContain('analytics');
  else expect(result.generation).toBeGreaterThanOrEqual(book.generation);
}
