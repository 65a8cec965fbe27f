import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { BookObservation } from '../../shared/events/envelope.ts';
import { isSeenLike, writeBook } from '../../shared/store/books.ts';
import { writeDocument } from '../../shared/store/documents.ts';
import { BOOK_ITEM, waitItem } from '../../shared/store/keys.ts';
import { readKnownBook } from '../../shared/store/known-books.ts';
import { writeLedger } from '../../shared/store/ledger.ts';
import { writeResult } from '../../shared/store/results.ts';
import { writeStrand } from '../../shared/store/strands.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { deleteWait, readWaits, writeWait } from '../../shared/store/waits.ts';
import { Count } from '../numbers.ts';
import { memoryBodies } from './testing/bodies.ts';
import { document, observation, second, WRITER } from './testing/observations.ts';
import { again, collect, isReopened, stepwise } from './testing/stepwise.ts';
import { useTables } from './testing/table.ts';

/*
 * Whatever looks at a book there were, in whatever order their writes came, wherever they were cut off and begun anew:
 * the items end as if one look had followed the other.
 */

const createTable = useTables();
let table: Table;
beforeAll(async () => {
  table = await createTable();
});

/** What Ocrolus says at one moment. */
interface Look {
  readonly status: string;
  readonly documents: Readonly<Record<string, string>>;
  /** The body of a result, which may change and change back. */
  readonly body: string;
}

const look: fc.Arbitrary<Look> = fc.record({
  status: fc.constantFrom('VERIFYING', 'VERIFIED'),
  documents: fc.dictionary(
    fc.constantFrom('a', 'b'),
    fc.constantFrom('VERIFYING', 'VERIFICATION_COMPLETE', 'REJECTED'),
    { minKeys: 1, noNullPrototype: true },
  ),
  body: fc.constantFrom('one', 'two'),
});

/** DELETED is the end. */
const history = fc
  .tuple(fc.array(look, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([looks, isDeleted]): Look[] => {
    const last = looks.at(-1);
    if (!isDeleted || last === undefined) return looks;
    const documents = Object.fromEntries(Object.keys(last.documents).map((uuid) => [uuid, 'DELETED']));
    return [...looks, { status: 'DELETED', documents, body: last.body }];
  });

/** Writes what one look has shown, in the order in which a consumer does. A retry writes the same once more. */
async function writeLook(on: Table, bookId: string, { status, documents, body }: Look, n: number) {
  const entries = Object.entries(documents);
  const seen = observation(
    bookId,
    n,
    status,
    entries.map(([uuid, state]) => document(state, uuid)),
  );
  const { outcome, generation } = await writeBook(on, seen, WRITER);
  for (const one of seen.documents) {
    await writeDocument(on, { bookId, document: one, observedAt: seen.observedAt, generation });
  }
  await writeResult(on, memoryBodies(), {
    bookId,
    kind: 'income',
    subject: bookId,
    operation: 'income-calculations',
    body: Buffer.from(body),
    fetchedAt: seen.observedAt,
    generation,
    summary: {},
  });
  if (status === 'VERIFIED' && (outcome !== 'stale' || (await isStillSo(on, seen)))) {
    const progress = { state: 'complete', at: seen.observedAt };
    await writeStrand(on, bookId, 'capture', progress, generation, WRITER);
  }
}

/** As `captureBook` asks before it goes on. */
async function isStillSo(on: Table, seen: BookObservation): Promise<boolean> {
  const known = await readKnownBook(on, seen.bookUuid);
  return isSeenLike(known, seen);
}

function writeEntry(on: Table, bookId: string, n: number) {
  const envelope = {
    version: 1,
    deliveryId: `delivery-${n}`,
    account: 'default',
    source: 'webhook',
    receivedAt: second(n),
    eventName: 'BOOK_VERIFIED',
    channel: 'book-verified',
    ids: { bookUuid: bookId },
  } as const;
  const processed = { outcome: 'applied', attempts: 1, processedAt: second(n), keepDays: 1 } as const;
  return writeLedger(on, { bookId, envelope, ...processed });
}

/** A result that was not there yet: waited for, and then perhaps found. */
async function waitFor(on: Table, bookId: string, subject: string, isFound: boolean) {
  const channel = 'income';
  const wait = { bookId, account: 'default', channel, eventName: 'book.income.generated', subject } as const;
  const backoff = { minSeconds: 60, maxSeconds: 60 };
  await again(() => writeWait(on, { ...wait, ids: { bookUuid: bookId } }, backoff, new Date(second(0))));
  if (isFound) await again(() => deleteWait(on, bookId, waitItem(channel, subject)));
}

/** What may depend on the order: how often something was seen on the way, and who came first. */
const ON_THE_WAY = [
  'bookId',
  'generation',
  'reopenedAt',
  'verifiedAt',
  'expected',
  'attempts',
  'documentSet',
  'updatedAt',
  'dueAt',
];

async function itemsOf(bookId: string, leftOut: readonly string[]): Promise<Item[]> {
  const items = await collect(
    table.query({
      KeyConditionExpression: 'bookId = :book',
      ExpressionAttributeValues: { ':book': bookId },
      ConsistentRead: true,
    }),
  );
  return items.map((item) =>
    Object.fromEntries(
      Object.entries(item)
        .filter(([name]) => !ON_THE_WAY.includes(name) && !leftOut.includes(name))
        .map(([name, value]) => [name, stripped(value, bookId)]),
    ),
  );
}

/** Two books differ in their uuid. */
function stripped(value: unknown, bookId: string): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(bookId, 'book')
      .replace(/^"[0-3]"$/, '"shard"'),
  );
}

async function serially(looks: readonly Look[], waits: readonly boolean[]): Promise<string> {
  const bookId = randomUUID();
  for (const [n, one] of looks.entries()) {
    await writeLook(table, bookId, one, n + 1);
    await writeEntry(table, bookId, n + 1);
  }
  for (const [n, isFound] of waits.entries()) await waitFor(table, bookId, `subject-${n}`, isFound);
  return bookId;
}

test('any interleaving of looks, crashes and retries ends in the items of the serial one', {
  timeout: 600_000,
}, async () => {
  const run = fc.asyncProperty(
    fc.scheduler(),
    history,
    fc.array(fc.boolean(), { maxLength: 2 }),
    fc.infiniteStream(fc.nat(9)),
    async (scheduler, looks, waits, chance) => {
      const bookId = randomUUID();
      let crashesLeft = 6;
      const crash = () => {
        const dies = crashesLeft > 0 && chance.next().value === 0;
        if (dies) crashesLeft -= 1;
        return dies;
      };
      const on = stepwise(table, scheduler, crash);
      const all = [
        ...looks.map((one, n) =>
          again(async () => {
            try {
              await writeLook(on, bookId, one, n + 1);
            } catch (error) {
              if (!isReopened(error)) throw error;
              // It comes back, and looks once more.
              await writeLook(on, bookId, looks.at(-1) ?? one, looks.length);
            }
            await writeEntry(on, bookId, n + 1);
          }),
        ),
        ...waits.map((isFound, n) => waitFor(on, bookId, `subject-${n}`, isFound)),
      ];
      await scheduler.waitFor(Promise.all(all));
      const serial = await serially(looks, waits);
      // How far a deleted book had come depends on whether somebody looked in time.
      const leftOut = looks.at(-1)?.status === 'DELETED' ? ['capture'] : [];
      expect(await itemsOf(bookId, leftOut)).toEqual(await itemsOf(serial, leftOut));
      await expectNoMoreGenerations(bookId, serial);
      await expectDue(bookId);
    },
  );
  await fc.assert(run, { numRuns: Count.parse(process.env.MODEL_RUNS ?? '40') });
});

/** A reopening that nobody saw in time is not counted; one that was seen twice must not be either. */
async function expectNoMoreGenerations(bookId: string, serial: string): Promise<void> {
  const [any, one] = await Promise.all([readKnownBook(table, bookId), readKnownBook(table, serial)]);
  expect(any?.generation).toBeLessThanOrEqual(one?.generation ?? 0);
}

/** Whatever came first, the poller looks at the book no later than at the end of a wait. */
async function expectDue(bookId: string): Promise<void> {
  const book = await table.get({ bookId, item: BOOK_ITEM });
  const waits = await readWaits(table, bookId);
  expect(typeof book?.dueAt).toBe('string');
  for (const { waitUntil } of waits) expect(String(book?.dueAt) <= waitUntil).toBe(true);
}
