import { beforeEach, expect, test } from 'vitest';
import type { BookObservation, Envelope } from '../../../shared/events/envelope.ts';
import { calls } from '../../../shared/ocrolus/calls.ts';
import { delivery } from '../../events/testing/delivery.ts';
import { document, writeBook } from '../../store/testing/observations.ts';
import { useTables } from '../../store/testing/table.ts';
import { finished, saysCaptured, TOO_EARLY } from '../testing/answers.ts';
import { createHarness, type Harness, receive } from '../testing/harness.ts';
import { verifiedBook } from './testing/verified-book.ts';

const createTable = useTables();

let harness: Harness;

beforeEach(async () => {
  harness = createHarness(await createTable());
});

const { says, deliver, captured } = verifiedBook(() => harness);

const observedBefore = (seconds: number, status: string, docUuids: readonly string[]): BookObservation => ({
  bookUuid: 'b',
  status,
  observedAt: new Date(harness.clock.now() - seconds * 1000).toISOString(),
  documents: docUuids.map((docUuid) => document('VERIFICATION_COMPLETE', docUuid)),
});

/** What the poller sends about the documents that lack something. */
const polled = (observation: BookObservation): Partial<Envelope> => ({
  source: 'poll',
  channel: 'doc-verified',
  observation,
  wants: (['forms', 'transactions'] as const).map((kind) => ({ kind, subject: 'd1' })),
});

test('what the poller has just observed is not asked again; what it observed long ago is', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  await deliver(polled(observedBefore(60, 'VERIFIED', ['d1'])));
  expect(harness.ocrolus.count('book-status')).toBe(0);
  expect(await captured()).toEqual(['d1']);
  await deliver(polled(observedBefore(200, 'VERIFIED', ['d1'])));
  expect(harness.ocrolus.count('book-status')).toBe(1);
});

test('a book that others observed verified a moment later is captured anyway', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  const newer = observedBefore(-1, 'VERIFIED', ['d1']);
  await writeBook(harness.table, newer);
  await deliver();
  expect(await captured()).toEqual(['d1']);
  expect(await harness.reader.book('b')).toMatchObject({ observedAt: newer.observedAt });
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

test('only a message of the poller that stored something unannounced counts as recovered', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  const sent = polled(observedBefore(1, 'VERIFIED', ['d1']));
  await deliver(sent);
  await deliver(sent);
  await deliver();
  const recovered = harness.counted.filter(({ name }) => name === 'RecoveredByPoll');
  expect(recovered).toEqual([{ name: 'RecoveredByPoll', dimensions: { channel: 'doc-verified' } }]);
});

test('what an event has announced, and the poller then fetched, is not recovered', async () => {
  says('VERIFIED', [finished('d1')]);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  harness.ocrolus.says(calls.documentForms('d1'), TOO_EARLY);
  await deliver({}, { attempts: 3 });
  harness.clock.advance(600);
  saysCaptured(harness.ocrolus, 'b', 'd1');
  await deliver({ ...polled(observedBefore(1, 'VERIFIED', ['d1'])), receivedAt: harness.clock.iso() });
  expect(await captured()).toEqual(['d1']);
  expect(harness.counted.map(({ name }) => name)).not.toContain('RecoveredByPoll');
  expect(harness.counted.map(({ name }) => name)).toContain('FetchedByPoll');
});
