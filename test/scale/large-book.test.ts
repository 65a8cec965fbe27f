import { beforeAll, expect, it } from 'vitest';
import { observe as bookVerified } from '../../functions/consumers/book-verified.ts';
import { observe as docVerified } from '../../functions/consumers/doc-verified.ts';
import { calls } from '../../shared/ocrolus/calls.ts';
import { bookStatus, saysCaptured } from '../consumers/testing/answers.ts';
import { createStage, delivery, receive, type Stage } from '../consumers/testing/stage.ts';
import { useTables } from '../store/testing/table.ts';

/** The most that Ocrolus takes into one book. */
const DOCUMENTS = 2000;
/** As infra/constructs/consumer.ts has them. */
const BATCH = 10;
const CONSUMERS = 5;

const createTable = useTables();
let stage: Stage;

/** The book verifies at once: its own event, and one for each document, in full batches. */
beforeAll(async () => {
  stage = createStage(await createTable());
  const docUuids = Array.from({ length: DOCUMENTS }, (_, n) => `document-${n}`);
  const docs = docUuids.map((uuid) => ({ uuid, status: 'VERIFICATION_COMPLETE', name: `${uuid}.pdf` }));
  stage.ocrolus.says(calls.bookStatus({ bookUuid: 'b' }), bookStatus('b', 'VERIFIED', docs));
  for (const docUuid of docUuids) saysCaptured(stage.ocrolus, 'b', docUuid);
  expect(await receive(stage, bookVerified, [delivery('BOOK_VERIFIED', { bookUuid: 'b' })])).toEqual([]);
  const waiting = [...docUuids];
  const consumer = async () => {
    while (waiting.length > 0) {
      const messages = waiting
        .splice(0, BATCH)
        .map((uploadedDocUuid) => delivery('DOC_VERIFIED', { bookUuid: 'b', uploadedDocUuid }));
      expect(await receive(stage, docVerified, messages)).toEqual([]);
    }
  };
  await Promise.all(Array.from({ length: CONSUMERS }, consumer));
});

it('is there with every document and every result', async () => {
  const documents = await stage.reader.documents('b');
  const results = await stage.reader.results('b');
  expect(documents.filter(({ capturedAt }) => capturedAt !== undefined)).toHaveLength(DOCUMENTS);
  expect(results).toHaveLength(2 * DOCUMENTS);
});

it('costs hardly more calls than it has results', async () => {
  const results = 2 * DOCUMENTS;
  const count = (operation: string) => stage.ocrolus.count(operation);
  expect(stage.ocrolus.asked.length / results).toBeLessThanOrEqual(1.15);
  // Everything comes at once: what was seen a moment ago is good for all of it.
  expect(count('book-status')).toBeLessThan(DOCUMENTS / BATCH / 2);
  // The first few are fetched with the book, and once more when their own events come.
  expect(count('doc-form-data')).toBe(DOCUMENTS + 20);
});
