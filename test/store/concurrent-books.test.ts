import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { BookObservation } from '../../shared/events/envelope.ts';
import { writeBook } from '../../shared/store/books.ts';
import { BOOK_ITEM } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { document, observation, second, WRITER, writeAll } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
beforeEach(async () => {
  table = await createTable();
});

async function bookAfter(observations: readonly BookObservation[]) {
  const bookUuid = randomUUID();
  await writeAll(
    table,
    observations.map((seen) => ({ ...seen, bookUuid })),
  );
  const book = await table.get({ bookId: bookUuid, item: BOOK_ITEM });
  return { status: book?.status, observedAt: book?.observedAt, documents: book?.documents };
}

const documents = ['a', 'b', 'c'].map((docUuid) => ({ docUuid }));
const anyDocument = fc
  .tuple(fc.constantFrom(...documents), fc.constantFrom('VERIFYING', 'VERIFICATION_COMPLETE', 'REJECTED'))
  .map(([{ docUuid }, status]) => document(status, docUuid));

/** DELETED is the end, so it comes last where it comes at all. */
const history = fc
  .tuple(
    fc.array(
      fc.record({
        status: fc.constantFrom('CREATED', 'VERIFYING', 'VERIFIED'),
        seen: fc.uniqueArray(anyDocument, { selector: ({ docUuid }) => docUuid }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    fc.boolean(),
  )
  .map(([looks, deleted]) => [...looks, ...(deleted ? [{ status: 'DELETED', seen: [] }] : [])])
  .map((looks) => looks.map(({ status, seen }, n) => observation('', n + 1, status, seen)));

test('observations in any order and number leave the book as they do in order', async () => {
  const shuffled = history.chain((serial) =>
    fc.tuple(
      fc.constant(serial),
      fc.shuffledSubarray([...serial, ...serial], { minLength: serial.length * 2 }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(shuffled, async ([serial, anyhow]) => {
      expect(await bookAfter(anyhow)).toEqual(await bookAfter(serial));
    }),
    { numRuns: 40 },
  );
});

test('of many writers at once the one with the newest observation wins', async () => {
  const bookUuid = randomUUID();
  const statuses = ['VERIFYING', 'VERIFIED'];
  const seen = Array.from({ length: 12 }, (_, n) => observation(bookUuid, n, statuses[n % 2] ?? ''));
  await Promise.allSettled(seen.map((one) => writeBook(table, one, WRITER)));
  expect(await table.get({ bookId: bookUuid, item: BOOK_ITEM })).toMatchObject({
    status: 'VERIFIED',
    observedAt: second(11),
  });
});

test('two who see a reopened book at once start one generation, not two', async () => {
  const bookUuid = randomUUID();
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  const written = await Promise.all([
    writeBook(table, observation(bookUuid, 2, 'VERIFYING'), WRITER),
    writeBook(table, observation(bookUuid, 3, 'VERIFYING'), WRITER),
  ]);
  const book = await table.get({ bookId: bookUuid, item: BOOK_ITEM });
  expect(book).toMatchObject({ generation: 2, observedAt: second(3) });
  expect(new Set(written.map(({ generation }) => generation))).toEqual(new Set([2]));
});

test('two who make the same book at once make one', async () => {
  const bookUuid = randomUUID();
  const seen = observation(bookUuid, 1, 'VERIFYING');
  const written = await Promise.all([writeBook(table, seen, WRITER), writeBook(table, seen, WRITER)]);
  expect(written.map(({ outcome }) => outcome).sort()).toEqual(['applied', 'unchanged']);
});
