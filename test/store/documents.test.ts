import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { ObservedDocument } from '../../shared/events/envelope.ts';
import {
  isKnownAs,
  needsCapture,
  readKnownDocuments,
  writeDocument,
  writeDocumentDetect,
} from '../../shared/store/documents.ts';
import { documentItem } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { document, second } from './testing/observations.ts';
import { useTables } from './testing/table.ts';

const createTable = useTables();
let table: Table;
const bookId = randomUUID();
const docUuid = randomUUID();
beforeEach(async () => {
  table = await createTable();
});

const stored = () => table.get({ bookId, item: documentItem(docUuid) });
const write = (seen: ObservedDocument, n: number, capturedAt?: string) =>
  writeDocument(table, {
    bookId,
    document: seen,
    observedAt: second(n),
    generation: 1,
    ...(capturedAt !== undefined && { capturedAt }),
  });
const seenAs = (status: string) => document(status, docUuid);

test('a document is written with everything that Book status told', async () => {
  const seen = {
    ...seenAs('REJECTED'),
    docPk: '18446744073709551615',
    name: 'n',
    pages: 3,
    imageGroupPk: '5',
  };
  expect(await write({ ...seen, rejectionReason: 'DOCUMENT IS UNREADABLE' }, 1)).toBe('applied');
  const expected = {
    ...seen,
    rejectionReason: 'DOCUMENT IS UNREADABLE',
    observedAt: second(1),
    generation: 1,
  };
  expect(await stored()).toMatchObject(expected);
});

test('an older observation never wins, one of the same time says the same again', async () => {
  await write(seenAs('VERIFICATION_COMPLETE'), 2);
  expect(await write(seenAs('VERIFYING'), 1)).toBe('stale');
  expect(await write(seenAs('VERIFICATION_COMPLETE'), 2)).toBe('unchanged');
  expect(await stored()).toMatchObject({ status: 'VERIFICATION_COMPLETE', observedAt: second(2) });
});

test('DELETED stays', async () => {
  await write(seenAs('DELETED'), 1);
  expect(await write(seenAs('VERIFICATION_COMPLETE'), 2)).toBe('stale');
  expect(await write(seenAs('DELETED'), 3)).toBe('unchanged');
  expect(await stored()).toMatchObject({ status: 'DELETED' });
});

test('the reason of a rejection goes when the document is taken up again', async () => {
  await write({ ...seenAs('REJECTED'), rejectionReason: 'INVALID DOCUMENT' }, 1);
  expect(await write(seenAs('VERIFYING'), 2)).toBe('applied');
  expect(await stored()).not.toHaveProperty('rejectionReason');
});

test('a captured document stays so while it is finished, and no longer when it goes back to work', async () => {
  await write(seenAs('VERIFICATION_COMPLETE'), 1, second(2));
  await write(seenAs('VERIFICATION_COMPLETE'), 3);
  expect(await stored()).toMatchObject({ capturedAt: second(2) });
  await write(seenAs('VERIFYING'), 4);
  expect(await stored()).not.toHaveProperty('capturedAt');
});

test('what Detect says stands beside what Book status says', async () => {
  const detect = { state: 'COMPLETED', at: second(5) };
  expect(await writeDocumentDetect(table, bookId, docUuid, detect, 2)).toBe('applied');
  expect(await stored()).toMatchObject({ docUuid, detect, generation: 2 });
  expect(await write(seenAs('VERIFYING'), 1)).toBe('applied');
  expect(await stored()).toMatchObject({ detect, status: 'VERIFYING' });
});

test('an older statement of Detect never replaces a newer one', async () => {
  const newer = { state: 'UNABLE_TO_PROCESS', at: second(5), reason: 'unsupported' };
  await writeDocumentDetect(table, bookId, docUuid, newer, 1);
  const older = { state: 'COMPLETED', at: second(4) };
  expect(await writeDocumentDetect(table, bookId, docUuid, older, 1)).toBe('stale');
  expect(await stored()).toMatchObject({ detect: newer });
});

test('the stored documents of a book are read together, by uuid', async () => {
  await write(seenAs('VERIFICATION_COMPLETE'), 1, second(2));
  await writeDocumentDetect(table, bookId, 'other', { state: 'COMPLETED', at: second(1) }, 1);
  const known = await readKnownDocuments(table, bookId);
  expect([...known.keys()].sort()).toEqual([docUuid, 'other'].sort());
  expect(known.get(docUuid)).toEqual({ docUuid, status: 'VERIFICATION_COMPLETE', capturedAt: second(2) });
});

test('a document needs a write when its status or its reason is new', () => {
  const known = { docUuid, status: 'REJECTED', rejectionReason: 'a' };
  expect(isKnownAs(known, { ...seenAs('REJECTED'), rejectionReason: 'a' })).toBe(true);
  expect(isKnownAs(known, { ...seenAs('REJECTED'), rejectionReason: 'b' })).toBe(false);
  expect(isKnownAs(known, { ...seenAs('VERIFYING'), rejectionReason: 'a' })).toBe(false);
  expect(isKnownAs(undefined, seenAs('REJECTED'))).toBe(false);
});

test('only a finished document that nobody has fetched is fetched', () => {
  expect(needsCapture(undefined, seenAs('VERIFICATION_COMPLETE'))).toBe(true);
  expect(needsCapture({ docUuid, capturedAt: second(1) }, seenAs('COMPLETED'))).toBe(false);
  expect(needsCapture(undefined, seenAs('VERIFYING'))).toBe(false);
  expect(needsCapture(undefined, seenAs('REJECTED'))).toBe(false);
  expect(needsCapture(undefined, { ...seenAs('COMPLETED'), mixed: true })).toBe(false);
});
