import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { BookObservation } from '../../../shared/events/envelope.ts';
import { type Book, observeBook, readBook } from '../../../shared/store/books.ts';
import type { Table } from '../../../shared/store/table.ts';
import {
  document,
  observation,
  second,
  TIMES,
  WRITER,
  writeAll,
  writeBook,
} from '../testing/observations.ts';
import { useTables } from '../testing/table.ts';

const createTable = useTables();
let table: Table;
beforeAll(async () => {
  table = await createTable();
});

function bookAfter(observations: readonly BookObservation[]) {
  let book: Book | undefined;
  for (const seen of observations) book = observeBook(book, seen, WRITER, TIMES);
  return {
    status: book?.status,
    documents: book?.documents,
    digest: book?.digest,
    isEnded: book?.endedAt !== undefined,
  };
}

/** Few of them, so that a book often has the same state as before. */
const anyDocument = fc
  .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('VERIFYING', 'VERIFICATION_COMPLETE'))
  .map(([docUuid, status]) => document(status, docUuid));

/** DELETED is the end, so it comes last where it comes at all. */
const history = fc
  .tuple(
    fc.array(
      fc.record({
        status: fc.constantFrom('VERIFYING', 'VERIFIED'),
        seen: fc.uniqueArray(anyDocument, { maxLength: 1 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    fc.boolean(),
  )
  .map(([looks, deleted]) => [...looks, ...(deleted ? [{ status: 'DELETED', seen: [] }] : [])])
  .map((looks) => looks.map(({ status, seen }, n) => observation('', n + 1, status, seen)));

test('observations in any order and number leave the book as they do in order', () => {
  const shuffled = history.chain((serial) =>
    fc.tuple(
      fc.constant(serial),
      fc.shuffledSubarray([...serial, ...serial], { minLength: serial.length * 2 }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([serial, anyhow]) => {
      expect(bookAfter(anyhow)).toEqual(bookAfter(serial));
    }),
    { numRuns: 2000 },
  );
});

test('of many writers at once the one with the newest observation wins', async () => {
  const bookUuid = randomUUID();
  const seen = Array.from({ length: 10 }, (_, n) =>
    observation(bookUuid, n, 'VERIFIED', [document(n % 2 === 0 ? 'REJECTED' : 'FAILED', `d-${n}`)]),
  );
  await Promise.all(seen.map((one) => writeBook(table, one)));
  expect(await readBook(table, bookUuid)).toMatchObject({ observedAt: second(9), documents: { FAILED: 1 } });
});

test('two that see a reopened book at once start one generation, not two', async () => {
  const bookUuid = randomUUID();
  await writeAll(table, [observation(bookUuid, 1, 'VERIFIED')]);
  const written = await Promise.all([
    writeBook(table, observation(bookUuid, 2, 'VERIFYING')),
    writeBook(table, observation(bookUuid, 3, 'VERIFYING')),
  ]);
  expect(await readBook(table, bookUuid)).toMatchObject({ generation: 2, status: 'VERIFYING' });
  expect(new Set(written.map((book) => book?.generation))).toEqual(new Set([2]));
});

test('two that make the same book at once make one', async () => {
  const bookUuid = randomUUID();
  const seen = observation(bookUuid, 1, 'VERIFYING');
  const written = await Promise.all([writeBook(table, seen), writeBook(table, seen)]);
  // The revision of a new book starts with the time, so that a book which is made again does not look like it.
  expect(written.map((book) => book?.revision)).toEqual([WRITER.now + 1, WRITER.now + 1]);
});
