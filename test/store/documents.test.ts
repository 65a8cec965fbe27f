import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Entry } from '../../shared/checklist/entry.ts';
import { isStoredAs } from '../../shared/checklist/observation.ts';
import type { ObservedDocument } from '../../shared/events/envelope.ts';
import {
  type Document,
  observeDocument,
  readDocument,
  readDocuments,
  unlistDocument,
  updateDocument,
  withDetect,
} from '../../shared/store/documents.ts';
import { documentItem } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { document, second } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
let bookId: string;
const docUuid = randomUUID();
beforeEach(async () => {
  table ??= await createTable();
  bookId = randomUUID();
});

const stored = () => readDocument(table, bookId, docUuid);
const seen = (known: Document | undefined, document: ObservedDocument, n: number, generation = 1) =>
  observeDocument(known, { bookId, document, observedAt: second(n), generation });
const write = (document: ObservedDocument, n: number, generation = 1) =>
  updateDocument(table, { bookId, docUuid }, (known) => seen(known, document, n, generation));
const as = (status: string) => document(status, docUuid);
const forms: Entry = { state: 'stored', version: 1, since: second(2), attempts: 0, at: second(2) };

test('a document is written with everything that Book status says', async () => {
  const whole = {
    ...as('REJECTED'),
    docPk: '18446744073709551615',
    name: 'n',
    pages: 3,
    imageGroupPk: '5',
    mixed: true,
    rejectionReason: 'DOCUMENT IS UNREADABLE',
  };
  await write(whole, 1, 4);
  expect(await table.get({ bookId, item: documentItem(docUuid) })).toEqual({
    ...whole,
    bookId,
    item: documentItem(docUuid),
    observedAt: second(1),
    generation: 4,
    version: 1,
    revision: 1,
  });
});

test('what a later observation leaves out stays', async () => {
  await write({ ...as('VERIFYING'), docPk: '7', name: 'n', pages: 3, imageGroupPk: '5' }, 1);
  await write(as('VERIFICATION_COMPLETE'), 2);
  expect(await stored()).toMatchObject({
    status: 'VERIFICATION_COMPLETE',
    docPk: '7',
    name: 'n',
    pages: 3,
    imageGroupPk: '5',
    observedAt: second(2),
  });
});

describe('only a newer observation changes anything', () => {
  test('an older one does not', () => {
    const known = seen(undefined, as('VERIFICATION_COMPLETE'), 2);
    expect(seen(known, as('VERIFYING'), 1)).toBe(known);
  });

  test('one that says the same does not', () => {
    const known = seen(undefined, as('VERIFICATION_COMPLETE'), 2);
    expect(seen(known, as('VERIFICATION_COMPLETE'), 3)).toMatchObject({ version: 1, status: known.status });
  });

  test('an older one does not, even if the newer one had nothing new', () => {
    let known = seen(undefined, as('VERIFICATION_COMPLETE'), 1);
    known = seen(known, as('VERIFICATION_COMPLETE'), 3);
    // Asked for in between, and late.
    known = seen(known, as('VERIFYING'), 2);
    expect(known).toMatchObject({ status: 'VERIFICATION_COMPLETE', version: 1 });
  });
});

test('DELETED stays', () => {
  const known = seen(undefined, as('DELETED'), 1);
  expect(seen(known, as('VERIFICATION_COMPLETE'), 2)).toBe(known);
  expect(unlistDocument(known, second(3))).toBe(known);
});

test('the reason of a rejection is removed when the document is processed again', async () => {
  await write({ ...as('REJECTED'), rejectionReason: 'INVALID DOCUMENT' }, 1);
  await write(as('VERIFYING'), 2);
  expect(await stored()).not.toHaveProperty('rejectionReason');
});

describe('the version of a document, for which its entries are', () => {
  test.each([
    ['while it is processed', ['QUEUED', 'VERIFYING', 'VERIFICATION_COMPLETE'], 1],
    ['when it goes back to work', ['VERIFICATION_COMPLETE', 'VERIFYING'], 2],
    ['when it ends the same way again', ['VERIFICATION_COMPLETE', 'VERIFYING', 'VERIFICATION_COMPLETE'], 2],
    ['when it comes to another end', ['VERIFICATION_COMPLETE', 'REJECTED'], 2],
    ['when it looks the same', ['REJECTED', 'REJECTED', 'REJECTED'], 1],
  ])('%s', (_what, statuses, version) => {
    let known: Document | undefined;
    for (const [n, status] of statuses.entries()) known = seen(known, as(status), n);
    expect(known?.version).toBe(version);
  });

  test('another reason of its rejection is written, and is not another version', () => {
    const known = seen(undefined, { ...as('REJECTED'), rejectionReason: 'a' }, 1);
    expect(seen(known, { ...as('REJECTED'), rejectionReason: 'b' }, 2)).toMatchObject({
      rejectionReason: 'b',
      version: 1,
    });
  });

  test('never goes back, and entries are never lost, whatever is seen in whatever order', () => {
    const anyLook = fc.tuple(
      fc.constantFrom('QUEUED', 'VERIFYING', 'VERIFICATION_COMPLETE', 'REJECTED', 'gone'),
      fc.nat(9),
    );
    fc.assert(
      fc.property(fc.array(anyLook, { maxLength: 12 }), (looks) => {
        let known: Document = { ...seen(undefined, as('QUEUED'), 0), entries: { forms } };
        for (const [status, n] of looks) {
          const next = status === 'gone' ? unlistDocument(known, second(n)) : seen(known, as(status), n);
          expect(next.version).toBeGreaterThanOrEqual(known.version);
          expect(next.observedAt >= known.observedAt).toBe(true);
          expect(next.entries).toEqual({ forms });
          if (next.status === known.status) expect(next.version).toBe(known.version);
          known = next;
        }
      }),
    );
  });
});

describe('a document that Book status no longer lists', () => {
  const finished = () => ({ ...seen(undefined, as('VERIFICATION_COMPLETE'), 5), entries: { forms } });

  test('is marked, as another version', () => {
    expect(unlistDocument(finished(), second(6))).toMatchObject({
      status: 'UNLISTED',
      observedAt: second(6),
      version: 2,
      entries: { forms },
    });
  });

  test('is not marked by an observation that is not newer', () => {
    const known = finished();
    expect(unlistDocument(known, second(5))).toBe(known);
    expect(unlistDocument(known, second(4))).toBe(known);
  });

  test('is marked once', () => {
    const gone = unlistDocument(finished(), second(6));
    expect(unlistDocument(gone, second(7))).toBe(gone);
  });

  test('and lists again later has another version: everything of it is wanted again', () => {
    const gone = unlistDocument(finished(), second(6));
    expect(seen(gone, as('VERIFICATION_COMPLETE'), 7)).toMatchObject({
      status: 'VERIFICATION_COMPLETE',
      version: 3,
    });
  });
});

describe('what Detect says', () => {
  const base = () => seen(undefined, as('VERIFICATION_COMPLETE'), 1);

  test('is stored besides what Book status says', () => {
    const known = withDetect(base(), { state: 'COMPLETED', at: second(5) });
    expect(known).toMatchObject({
      status: 'VERIFICATION_COMPLETE',
      detect: { state: 'COMPLETED', at: second(5) },
    });
    expect(seen(known, as('VERIFYING'), 9).detect).toEqual({ state: 'COMPLETED', at: second(5) });
  });

  test('never replaces what it said later', () => {
    const known = withDetect(base(), { state: 'UNABLE_TO_PROCESS', at: second(5), reason: 'unsupported' });
    expect(withDetect(known, { state: 'COMPLETED', at: second(4) })).toBe(known);
    expect(withDetect(known, { state: 'COMPLETED', at: second(6) }).detect).toEqual({
      state: 'COMPLETED',
      at: second(6),
    });
  });
});

test('the stored documents of a book are read together, by uuid, with their entries', async () => {
  await write(as('VERIFICATION_COMPLETE'), 1);
  await updateDocument(table, { bookId, docUuid }, (known) => known && { ...known, entries: { forms } });
  await updateDocument(table, { bookId, docUuid: 'other' }, (known) =>
    seen(known, document('REJECTED', 'other'), 1),
  );
  const known = await readDocuments(table, bookId);
  expect([...known.keys()].sort()).toEqual([docUuid, 'other'].sort());
  expect(known.get(docUuid)).toMatchObject({ status: 'VERIFICATION_COMPLETE', entries: { forms } });
  expect(await table.get({ bookId, item: documentItem(docUuid) })).toMatchObject({ 'need#forms': forms });
});

test('a document needs a write when its status or its reason is new', () => {
  const known = { status: 'REJECTED', rejectionReason: 'a' };
  expect(isStoredAs(known, { ...as('REJECTED'), rejectionReason: 'a' })).toBe(true);
  expect(isStoredAs(known, { ...as('REJECTED'), rejectionReason: 'b' })).toBe(false);
  expect(isStoredAs(known, { ...as('VERIFYING'), rejectionReason: 'a' })).toBe(false);
  expect(isStoredAs(undefined, as('REJECTED'))).toBe(false);
});

test('two that write the same document at once write both', async () => {
  await write(as('VERIFICATION_COMPLETE'), 1);
  await Promise.all([
    updateDocument(
      table,
      { bookId, docUuid },
      (known) => known && { ...known, entries: { ...known.entries, forms } },
    ),
    updateDocument(
      table,
      { bookId, docUuid },
      (known) => known && withDetect(known, { state: 'COMPLETED', at: second(3) }),
    ),
    write(as('REJECTED'), 2),
  ]);
  expect(await stored()).toMatchObject({
    status: 'REJECTED',
    version: 2,
    detect: { state: 'COMPLETED' },
    entries: { forms },
    revision: 4,
  });
});
