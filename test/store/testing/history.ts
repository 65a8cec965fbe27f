import fc from 'fast-check';
import { afterAnswer } from '../../../shared/checklist/transitions.ts';
import { hasResults } from '../../../shared/events/statuses.ts';
import { updateBook } from '../../../shared/store/books.ts';
import {
  type Document,
  observeDocument,
  readDocuments,
  unlistDocument,
  updateDocument,
} from '../../../shared/store/documents.ts';
import { writeLedger } from '../../../shared/store/ledger.ts';
import { writeResult } from '../../../shared/store/results.ts';
import type { Table } from '../../../shared/store/table.ts';
import { iso } from '../../../shared/time.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { memoryBodies } from './bodies.ts';
import { document, observation, second, TIMES, writeBook } from './observations.ts';

/** What Ocrolus says at one moment. */
export interface Look {
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
export const history = fc
  .tuple(fc.array(look, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([looks, isDeleted]): Look[] => {
    const last = looks.at(-1);
    if (!isDeleted || last === undefined) return looks;
    const documents = Object.fromEntries(Object.keys(last.documents).map((uuid) => [uuid, 'DELETED']));
    return [...looks, { status: 'DELETED', documents, body: last.body }];
  });

/** Writes what one look has shown, in the order in which a consumer does. A retry writes the same again. */
export async function writeLook(on: Table, bookId: string, { status, documents, body }: Look, n: number) {
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

export function writeEntry(on: Table, bookId: string, n: number) {
  const more = { deliveryId: `delivery-${n}`, receivedAt: second(n) };
  const envelope = delivery('BOOK_VERIFIED', { bookUuid: bookId }, more);
  const processed = { outcome: 'applied', attempts: 1, processedAt: second(n), keepDays: 1 } as const;
  return writeLedger(on, { bookId, envelope, ...processed });
}

/** An event that names a business, whose result is not there yet: another entry of the same book. */
export function openBusiness(on: Table, bookId: string, n: number) {
  return updateBook(on, bookId, (book) => {
    if (book === undefined) return book;
    const name = `business#${n}`;
    if (book.entries[name] !== undefined) return book;
    const answer = { class: 'not-yet', code: '1404', askedAt: second(n), covers: second(n) } as const;
    const entry = afterAnswer(undefined, 1, answer, { now: Date.parse(second(n)), times: TIMES });
    return { ...book, entries: { ...book.entries, [name]: entry } };
  });
}

/** Two books differ in their uuid. */
export function stripped(value: unknown, bookId: string): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return JSON.parse(
    JSON.stringify(value)
      .replaceAll(bookId, 'book')
      .replace(/^"[0-3]"$/, '"shard"'),
  );
}

export function currentForms({ entries, version }: Document) {
  return entries.forms?.version === version ? entries.forms : undefined;
}
