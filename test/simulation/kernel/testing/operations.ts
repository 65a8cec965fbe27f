import fc from 'fast-check';
import {
  type AttributeTest,
  type Condition,
  IS_ABSENT,
  IS_PRESENT,
} from '../../../../shared/store/condition.ts';
import type { Key, Table, Update } from '../../../../shared/store/table.ts';
import { allOf } from './simulation.ts';

/** Few different values, so that comparisons are often true. */
const text = fc.constantFrom('a', 'ab', 'abc', 'b', '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z');
const number = fc.integer({ min: -3, max: 3 });
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));

const nested = fc.record({
  at: fc.option(text, { nil: undefined }),
  state: fc.option(text, { nil: undefined }),
});
const list = fc.array(fc.oneof(text, fc.constant(undefined)), { maxLength: 3 });
const binary = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes));

/** The attributes of an item but for its key; undefined ones, too, which are not stored. */
const attributes = fc.record(
  {
    answered: fc.option(scalar, { nil: undefined }),
    outcome: text,
    generation: number,
    m: nested,
    l: list,
    body: binary,
    deep: fc.record({ m: nested, l: list, body: binary }),
    dueShard: fc.constantFrom('0', '1'),
    dueAt: text,
  },
  { requiredKeys: [] },
);

const TESTS: readonly AttributeTest[] = [
  { exists: true },
  { exists: false },
  { equals: 1 },
  { equals: 'a' },
  { below: 1 },
  { from: 1, to: 2 },
];

const outcome = { equals: 'a' };
const otherOutcome = { equals: 'b' };

/** Every test of the attribute `answered`, alone and combined with tests of `outcome`. */
export const CONDITIONS: readonly Condition[] = [
  IS_ABSENT,
  IS_PRESENT,
  ...TESTS.flatMap((answered): Condition[] => [
    { answered },
    { answered, outcome },
    [{ answered }, { outcome: otherOutcome }],
    // Differs if OR is evaluated before AND.
    [{ outcome }, { answered, outcome: otherOutcome }],
  ]),
  // Two placeholders of one attribute.
  [{ answered: { exists: false } }, { answered: { below: 2 } }],
];

const bookId = fc.constantFrom('book-1', 'book-2');
const sortKey = fc.constantFrom('BOOK', 'DOC#1', 'DOC#2', 'RESULT#forms#1', 'RESULT#forms#2', 'EVENT#1');
const key: fc.Arbitrary<Key> = fc.record({ bookId, item: sortKey });

const condition = fc.option(fc.constantFrom(...CONDITIONS), { nil: undefined });

const projection = fc.option(
  fc.constantFrom(['outcome'], ['answered', 'm', 'missing'], ['item', 'body', 'deep']),
  {
    nil: undefined,
  },
);

const update: fc.Arbitrary<Update> = fc
  .record({
    set: attributes,
    add: fc.record({ count: number, generation: number }, { requiredKeys: [] }),
    condition,
    uses: fc.constantFrom('set', 'set add', 'add', 'nothing'),
  })
  .map(({ set, add, condition: when, uses }) => ({
    ...(uses.split(' ').includes('set') && { set }),
    ...(uses.includes('add') && { add }),
    ...(when !== undefined && { condition: when }),
  }));

/** One request, with what it is given, so that a counterexample can be read. */
export interface Operation {
  readonly given: unknown;
  readonly send: (table: Table) => Promise<unknown>;
}

const request = <Given>(
  weight: number,
  given: fc.Arbitrary<Given>,
  send: (table: Table, given: Given) => Promise<unknown>,
) => ({
  weight,
  arbitrary: given.map((values): Operation => ({ given: values, send: (table) => send(table, values) })),
});

/** Requests of the shapes in use; some are invalid, which both tables must refuse. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  request(3, fc.tuple(key, attributes, condition), (table, [at, rest, when]) =>
    table.put({ ...rest, ...at }, when),
  ),
  request(5, fc.tuple(key, update), (table, [at, by]) => table.update(at, by)),
  request(1, fc.tuple(key, condition), (table, [at, when]) => table.delete(at, when)),
  request(1, fc.tuple(key, projection), (table, [at, only]) => table.get(at, only)),
  request(
    1,
    fc.tuple(bookId, fc.constantFrom(undefined, 'DOC#', 'RESULT#', 'E'), projection),
    (table, [book, prefix, only]) =>
      allOf(table.query({ bookId: book, ...(prefix && { prefix }), ...(only && { attributes: only }) })),
  ),
  request(1, fc.tuple(fc.constantFrom('0', '1'), text), async (table, [shard, until]) => {
    const rows = await allOf(table.queryDue(shard, until));
    // The order of rows with the same time is not defined.
    return rows.map(({ dueAt, bookId, item }) => `${dueAt} ${bookId} ${item}`).sort();
  }),
);
