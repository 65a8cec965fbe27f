import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { Entry, isOpen } from '../../shared/checklist/entry.ts';
import { hasResults } from '../../shared/events/statuses.ts';
import { readBook } from '../../shared/store/books.ts';
import { readDocuments } from '../../shared/store/documents.ts';
import { ENTRY_PREFIX } from '../../shared/store/keys.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { Count } from '../numbers.ts';
import {
  currentForms,
  history,
  type Look,
  openBusiness,
  stripped,
  writeEntry,
  writeLook,
} from './testing/history.ts';
import { second } from './testing/observations.ts';
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
      // The poller observes the final state once more.
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
