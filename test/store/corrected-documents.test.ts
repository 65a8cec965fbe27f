import { beforeEach, describe, expect, test } from 'vitest';
import { calls } from '../../shared/ocrolus/calls.ts';
import { type Book, readBook } from '../../shared/store/books.ts';
import type { Table } from '../../shared/store/table.ts';
import { bookStatus, finished, TOO_EARLY } from '../consumers/testing/answers.ts';
import { receiveEverything, saysComplete } from '../consumers/testing/complete-book.ts';
import { createHarness, type Harness, look, receive } from '../consumers/testing/harness.ts';
import { targetOf } from '../consumers/testing/ocrolus.ts';
import { delivery } from '../events/testing/delivery.ts';
import { memoryTable } from './testing/memory-table.ts';
import { GRACE } from './testing/observations.ts';

/*
 * A document of a book whose capture has ended is corrected in place. What Ocrolus computes from it is marked before its new
 * body is stored: stored first, the mark would be lost with the function.
 */

const DERIVED = ['paystubs', 'summary', 'cash-flow', 'enriched-transactions'] as const;
/** More than are asked about at the same time. */
const DOCUMENTS = ['d', 'e', 'f', 'g', 'h'];

let stored: Table;
let harness: Harness;
/** Called before each put. */
let beforePut: (item: string) => Promise<void>;
beforeEach(async () => {
  stored = await memoryTable();
  beforePut = async () => {};
  const table: Table = {
    ...stored,
    async put(item, condition) {
      await beforePut(item.item);
      return stored.put(item, condition);
    },
  };
  harness = createHarness(table);
  saysComplete(harness.ocrolus, 'b', DOCUMENTS);
  await receiveEverything(harness);
  expect(await readBook(stored, 'b')).toMatchObject({ complete: true, open: [] });
  harness.clock.advance(3600);
});

const saysForms = (docUuid: string, forms: unknown) =>
  harness.ocrolus.says(calls.documentForms(docUuid), { body: { status: 200, response: { forms } } });
const deliver = (...docUuids: string[]) =>
  receive(
    harness,
    docUuids.map((uploadedDocUuid) => delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid })),
  );
const openKinds = (book: Book | undefined) =>
  Object.entries(book?.entries ?? {}).flatMap(([kind, { wanted, answered }]) =>
    answered < wanted ? [kind] : [],
  );
const storedForms = async (docUuid: string) => String(await harness.reader.resultBody('b', 'forms', docUuid));

describe('a corrected document', () => {
  beforeEach(() => saysForms('d', [{ form_type: 'corrected' }]));

  test('has what is computed from it marked when its new body is stored', async () => {
    let book: Book | undefined;
    beforePut = async (item) => {
      if (item === 'RESULT#forms#d') book = await readBook(stored, 'b');
    };
    expect(await deliver('d')).toEqual([]);
    expect(openKinds(book).sort()).toEqual([...DERIVED].sort());
    expect(book).toMatchObject({ complete: false, open: [...DERIVED].sort() });
    expect(await storedForms('d')).toContain('corrected');
  });

  test('has them asked for after the time in which an event may announce them', async () => {
    await deliver('d');
    const asked = harness.ocrolus.count('book-summary');
    const { entries, dueAt = '' } = (await readBook(stored, 'b')) ?? {};
    const nextAt = new Date(harness.clock.now() + GRACE * 1000).toISOString().slice(0, 18);
    for (const kind of DERIVED) expect(entries?.[kind]?.nextAt?.slice(0, 18)).toBe(nextAt);
    expect(dueAt < `${nextAt}9`).toBe(true);
    expect(harness.ocrolus.count('book-summary')).toBe(asked);
  });

  test('keeps its former body while they cannot be marked; the delivery is tried again', async () => {
    beforePut = async (item) => {
      if (item === 'BOOK') throw new Error('no table');
    };
    expect(await deliver('d')).toEqual(['message-0']);
    expect(await storedForms('d')).not.toContain('corrected');
    beforePut = async () => {};
    expect(
      await receive(harness, [delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid: 'd' })], {
        attempts: 2,
      }),
    ).toEqual([]);
    expect(await storedForms('d')).toContain('corrected');
    expect(openKinds(await readBook(stored, 'b')).sort()).toEqual([...DERIVED].sort());
  });

  test('has them marked, also where the function dies right before the body is stored', async () => {
    beforePut = async (item) => {
      if (item === 'RESULT#forms#d') throw new Error('it died');
    };
    await deliver('d');
    expect(await storedForms('d')).not.toContain('corrected');
    expect(openKinds(await readBook(stored, 'b'))).toContain('summary');
  });
});

test('a document that says the same again marks nothing', async () => {
  await deliver('d');
  expect(openKinds(await readBook(stored, 'b'))).toEqual([]);
});

test('while capture goes on, a correction marks nothing: everything is asked for at its end', async () => {
  const docs = DOCUMENTS.map((uuid) => finished(uuid));
  harness.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFYING', docs));
  await receive(harness, [look('b', { urgent: true })]);
  expect(await readBook(stored, 'b')).toMatchObject({ generation: 2, open: [] });
  saysForms('d', [{ form_type: 'corrected' }]);
  await deliver('d');
  expect(await storedForms('d')).toContain('corrected');
  expect(openKinds(await readBook(stored, 'b'))).toEqual([]);
});

test('a first body that comes long after the others may be a corrected one, and is treated so', async () => {
  harness = createHarness(await memoryTable());
  saysComplete(harness.ocrolus, 'b', DOCUMENTS);
  harness.ocrolus.says(calls.documentForms('d'), TOO_EARLY);
  await receiveEverything(harness);
  expect(openKinds(await readBook(harness.table, 'b'))).toEqual([]);
  harness.clock.advance(3600);
  saysForms('d', []);
  await deliver('d');
  expect(openKinds(await readBook(harness.table, 'b')).sort()).toEqual([...DERIVED].sort());
});

test('each corrected document is a mark; what they mark together is asked for once', async () => {
  for (const docUuid of DOCUMENTS) saysForms(docUuid, [{ form_type: 'corrected' }]);
  const marks = new Set<number | undefined>();
  const times = new Set<string | undefined>();
  beforePut = async (item) => {
    if (!item.startsWith('RESULT#forms')) return;
    const { wanted, nextAt } = (await readBook(stored, 'b'))?.entries.summary ?? {};
    marks.add(wanted);
    times.add(nextAt);
  };
  await deliver(...DOCUMENTS);
  expect(marks.size).toBeGreaterThan(1);
  expect(times.size).toBe(1);
  // A result that is asked for a moment later may be computed from less.
  harness.clock.advance(GRACE / 2);
  saysForms('d', [{ form_type: 'corrected again' }]);
  await deliver('d');
  expect(times.size).toBe(2);
});

test('a document that is corrected while others are stored has a mark of its own: the result may be asked for in between', async () => {
  saysForms('d', [{ form_type: 'corrected' }]);
  const last = DOCUMENTS.at(-1) ?? '';
  let isFirst = true;
  harness.ocrolus.before = async (target) => {
    if (!isFirst || target !== targetOf(calls.documentForms(last))) return;
    isFirst = false;
    await receive(harness, [delivery('book.analytics_v2.generated', { bookUuid: 'b' })]);
    expect(openKinds(await readBook(stored, 'b'))).not.toContain('summary');
    saysForms(last, [{ form_type: 'corrected later' }]);
  };
  await deliver(...DOCUMENTS);
  expect(isFirst).toBe(false);
  expect(await storedForms(last)).toContain('corrected later');
  expect(openKinds(await readBook(stored, 'b'))).toContain('summary');
});
