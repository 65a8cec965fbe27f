import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { Entry, isOpen } from '../../shared/checklist/entry.ts';
import { afterAnswer } from '../../shared/checklist/transitions.ts';
import { hasResults } from '../../shared/events/statuses.ts';
import { readBook, updateBook } from '../../shared/store/books.ts';
import {
  type Document,
  observeDocument,
  readDocuments,
  unlistDocument,
  updateDocument,
} from '../../shared/store/documents.ts';
import { ENTRY_PREFIX } from '../../shared/store/keys.ts';
import { writeLedger } from '../../shared/store/ledger.ts';
import { writeResult } from '../../shared/store/results.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { iso } from '../../shared/time.ts';
import { delivery } from '../events/testing/delivery.ts';
import { Count } from '../numbers.ts';
import { memoryBodies } from './testing/bodies.ts';
import { document, observation, second, TIMES, writeBook } from './testing/observations.ts';
import { again, collect, stepwise } from './testing/stepwise.ts';
import { useTables } from './testing/table.ts';

/*
 * However many consumers look at a book, in whatever order their writes come, wherever they are cut off and started
 * again: once a reader has looked at the final items, the items are as if one look had followed the other.
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
  const observedAt = second(n);
  const listed = Object.entries(documents).map(([uuid, state]) => document(state, uuid));
  const generation = (await writeBook(on, observation(bookId, n, status, listed)))?.generation ?? 0;
  const known = await readDocuments(on, bookId);
  for (const one of listed) {
    const seen = { bookId, document: one, observedAt, generation };
    const before = known.get(one.docUuid);
    // What is stored may be newer than the look: it decides whether, and for which version, something is asked for.
    const target = observeDocument(before, seen);
    const isAsked = hasResults(target.status) && currentForms(target)?.state !== 'stored';
    const askedAt = Math.max(Date.parse(target.observedAt), Date.parse(observedAt)) + 500;
    const answer = { class: 'stored', askedAt: iso(askedAt), covers: undefined } as const;
    await updateDocument(
      on,
      { bookId, docUuid: one.docUuid },
      (current) => {
        const next = observeDocument(current, seen);
        if (!isAsked) return next;
        const forms = afterAnswer(next.entries.forms, target.version, answer, { now: askedAt, times: TIMES });
        return { ...next, entries: { ...next.entries, forms } };
      },
      before ?? null,
    );
  }
  for (const gone of known.values()) {
    if (documents[gone.docUuid] !== undefined) continue;
    await updateDocument(on, gone, (current) => current && unlistDocument(current, observedAt), gone);
  }
  await writeResult(on, memoryBodies(), {
    bookId,
    kind: 'income',
    subject: bookId,
    operation: 'income-calculations',
    body: Buffer.from(body),
    fetchedAt: observedAt,
    generation,
    summary: {},
  });
}

function writeEntry(on: Table, bookId: string, n: number) {
  const more = { deliveryId: `delivery-${n}`, receivedAt: second(n) };
  const envelope = delivery('BOOK_VERIFIED', { bookUuid: bookId }, more);
  const processed = { outcome: 'applied', attempts: 1, processedAt: second(n), keepDays: 1 } as const;
  return writeLedger(on, { bookId, envelope, ...processed });
}

/** An event that names a business, whose result is not there yet: another entry of the same book. */
function openBusiness(on: Table, bookId: string, n: number) {
  return updateBook(on, bookId, (book) => {
    if (book === undefined) return book;
    const name = `business#${n}`;
    if (book.entries[name] !== undefined) return book;
    const answer = { class: 'not-yet', code: '1404', askedAt: second(n), covers: second(n) } as const;
    const entry = afterAnswer(undefined, 1, answer, { now: Date.parse(second(n)), times: TIMES });
    return { ...book, entries: { ...book.entries, [name]: entry } };
  });
}

/** What may depend on the order: how often something was seen on the way, and when first. */
const ON_THE_WAY = [
  'bookId',
  'generation',
  'version',
  'revision',
  'observedAt',
  'changedAt',
  'endedAt',
  'createdAt',
  'updatedAt',
  'dueAt',
  'round',
  'need#forms',
];

async function itemsOf(bookId: string): Promise<Item[]> {
  const items = await collect(table.query({ bookId }));
  return (
    items
      .map((item) =>
        Object.fromEntries(
          Object.entries(item)
            .filter(([name]) => !ON_THE_WAY.includes(name))
            // How often it was asked for, and in which generation, depends on the order.
            .map(([name, value]) => [
              name,
              name.startsWith(ENTRY_PREFIX) ? isOpen(Entry.parse(value)) : stripped(value, bookId),
            ]),
        ),
      )
      // A document that came and went between two looks was perhaps never seen.
      .filter(({ item, status }) => !(String(item).startsWith('DOC#') && status === 'UNLISTED'))
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

async function serially(looks: readonly Look[], businesses: number): Promise<string> {
  const bookId = randomUUID();
  for (const [n, one] of looks.entries()) {
    await writeLook(table, bookId, one, n + 1);
    await writeEntry(table, bookId, n + 1);
    if (n > 0) continue;
    for (let business = 0; business < businesses; business += 1) await openBusiness(table, bookId, business);
  }
  return bookId;
}

test('any interleaving of looks, crashes and retries ends in the items of the serial one', {
  timeout: 600_000,
}, async () => {
  const run = fc.asyncProperty(
    fc.scheduler(),
    history,
    fc.nat(3),
    fc.infiniteStream(fc.nat(9)),
    async (scheduler, looks, businesses, chance) => {
      const bookId = randomUUID();
      let crashesLeft = 6;
      const crash = () => {
        const dies = crashesLeft > 0 && chance.next().value === 0;
        if (dies) crashesLeft -= 1;
        return dies;
      };
      const on = stepwise(table, scheduler, crash);
      const [first, ...others] = looks;
      if (first === undefined) return;
      // The book exists before anything of it can be opened.
      await writeLook(table, bookId, first, 1);
      await writeEntry(table, bookId, 1);
      const all = [
        ...others.map((one, n) =>
          again(async () => {
            await writeLook(on, bookId, one, n + 2);
            await writeEntry(on, bookId, n + 2);
          }),
        ),
        ...Array.from({ length: businesses }, (_, n) => again(() => openBusiness(on, bookId, n))),
      ];
      await scheduler.waitFor(Promise.all(all));
      // The poller looks once more at what is there in the end.
      const last = looks.at(-1) ?? first;
      const serial = await serially(looks, businesses);
      for (const one of [bookId, serial]) await writeLook(table, one, last, 20);

      expect(await itemsOf(bookId)).toEqual(await itemsOf(serial));
      await expectNoMoreGenerations(bookId, serial);
      await expectNoOldResults(bookId, looks);
      const book = await readBook(table, bookId);
      expect(Object.keys(book?.entries ?? {})).toHaveLength(businesses);
      expect(book?.dueAt).toBeDefined();
    },
  );
  await fc.assert(run, { numRuns: Count.parse(process.env.MODEL_RUNS ?? '40') });
});

/** A reopening that was not seen in time is not counted; one that was seen twice is counted once. */
async function expectNoMoreGenerations(bookId: string, serial: string): Promise<void> {
  const [any, one] = await Promise.all([readBook(table, bookId), readBook(table, serial)]);
  expect(any?.generation).toBeLessThanOrEqual(one?.generation ?? 0);
}

/** A finished document has its forms, asked for after it was first seen with its present status. */
async function expectNoOldResults(bookId: string, looks: readonly Look[]): Promise<void> {
  for (const one of (await readDocuments(table, bookId)).values()) {
    if (!hasResults(one.status)) continue;
    expect(currentForms(one)).toMatchObject({ state: 'stored' });
    const first = looks.findIndex(({ documents }) => documents[one.docUuid] === one.status);
    expect(String(currentForms(one)?.at) >= second(first + 1)).toBe(true);
  }
}

function currentForms({ entries, version }: Document) {
  return entries.forms?.version === version ? entries.forms : undefined;
}
