import { beforeEach, expect, test } from 'vitest';
import type { BookObservation } from '../../../../shared/events/observation.ts';
import { calls } from '../../../../shared/ocrolus/calls.ts';
import { delivery } from '../../../shared/events/testing/delivery.ts';
import { memoryTable } from '../../../shared/store/testing/memory-table.ts';
import { document, writeBook } from '../../../shared/store/testing/observations.ts';
import { finished, saysCaptured, TOO_EARLY } from '../testing/answers.ts';
import { saysComplete } from '../testing/complete-book.ts';
import { createHarness, type Harness, look, receive } from '../testing/harness.ts';
import { verifiedBook } from './testing/verified-book.ts';

let harness: Harness;

beforeEach(async () => {
  harness = createHarness(await memoryTable());
});

const { says, deliver, captured } = verifiedBook(() => harness);

const observedBefore = (seconds: number, status: string, docUuids: readonly string[]): BookObservation => ({
  bookUuid: 'b',
  status,
  observedAt: new Date(harness.clock.now() - seconds * 1000).toISOString(),
  documents: docUuids.map((docUuid) => document('VERIFICATION_COMPLETE', docUuid)),
});

test('an older observation never replaces a newer one', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  const newer = observedBefore(-1, 'VERIFYING', ['d1', 'd2']);
  await writeBook(harness.table, newer);
  await deliver();
  expect(await harness.reader.book('b')).toMatchObject({ status: 'VERIFYING', observedAt: newer.observedAt });
});

test('a book that is reopened starts a new generation, in which nothing is complete', async () => {
  says('VERIFIED', [{ uuid: 'd1', status: 'REJECTED' }]);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  await deliver();
  expect(await harness.reader.book('b')).toMatchObject({ generation: 1, complete: true });
  harness.clock.advance(60);
  says('VERIFYING', [
    { uuid: 'd1', status: 'REJECTED' },
    { uuid: 'd2', status: 'VERIFYING' },
  ]);
  const receivedAt = harness.clock.iso();
  await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' }, { receivedAt })]);
  expect(await harness.reader.book('b')).toMatchObject({ generation: 2, complete: false });
  expect(await harness.reader.book('b')).not.toHaveProperty('completeAt');
});

test('a result that no event has announced in time, and a look stored, counts as recovered', async () => {
  saysComplete(harness.ocrolus, 'b', ['d1']);
  await receive(harness, [delivery('document.upload_succeeded', { bookUuid: 'b' })]);
  harness.clock.advance(700);
  await receive(harness, [look('b')]);
  await receive(harness, [look('b', { urgent: true })]);
  const recovered = harness.counted.filter(({ name }) => name === 'RecoveredByPoll');
  expect(recovered).toEqual([{ name: 'RecoveredByPoll', dimensions: { channel: 'book-results' } }]);
});

test('what an event has announced, and a look then fetched, is not recovered', async () => {
  saysComplete(harness.ocrolus, 'b', ['d1']);
  harness.ocrolus.says(calls.documentForms('d1'), TOO_EARLY);
  await deliver({}, { attempts: 3 });
  harness.clock.advance(600);
  saysComplete(harness.ocrolus, 'b', ['d1']);
  await receive(harness, [look('b')]);
  expect(await captured()).toEqual(['d1']);
  const counted = harness.counted.map(({ name }) => name);
  expect(counted).not.toContain('RecoveredByPoll');
  expect(counted).toContain('FetchedByPoll');
});
