import { expect, test } from 'vitest';
import { DEFAULT_PROFILE } from './profile.ts';
import { DAY, HOUR } from './random.ts';
import { revisionOf } from './results.ts';
import { createTestOcrolus, type TestOcrolus } from './testing/test-ocrolus.ts';

const MANY = { books: 600, arrivalMs: 20 * DAY, giants: 1, giantDocuments: { least: 500, most: 600 } };

/** A whole history of many books of all accounts. */
function history(seed: number, books = MANY.books): TestOcrolus {
  const ocrolus = createTestOcrolus({ ...MANY, books, giants: books < 500 ? 0 : 1 }, seed);
  ocrolus.start();
  return ocrolus;
}

test('stops changing after some days', () => {
  const ocrolus = history(1);
  ocrolus.advance(DEFAULT_PROFILE.changesMs + 12 * DAY);
  const before = ocrolus.deliveries.length;
  const truths = ocrolus.books().map(({ uuid }) => JSON.stringify(ocrolus.truth(uuid).documents));
  ocrolus.settle();
  expect(ocrolus.deliveries.length).toBe(before);
  expect(ocrolus.books().map(({ uuid }) => JSON.stringify(ocrolus.truth(uuid).documents))).toEqual(truths);
});

test('answers "not yet" only for results that will exist', () => {
  const ocrolus = history(2, 1500);
  ocrolus.settle();
  const waiting = ocrolus
    .books()
    .flatMap(({ uuid }) => ocrolus.truth(uuid).results)
    .filter(({ state }) => state === 'notYet')
    .map(({ operation, subject, answer }) => `${operation} ${subject} ${answer.body.slice(0, 150)}`);
  expect(waiting).toEqual([]);
});

test('covers every state of a result, every status, and almost every event name', () => {
  const ocrolus = history(3);
  const states = new Set<string>();
  const statuses = new Set<string>();
  for (let day = 0; day < 40; day += 1) {
    ocrolus.advance(DAY);
    for (const { uuid } of ocrolus.books()) {
      const { documents, results, status, bookClass } = ocrolus.truth(uuid);
      for (const { answer } of results) states.add(answer.state);
      for (const document of documents) statuses.add(document.status);
      statuses.add(status).add(bookClass);
    }
  }
  const expected = ['available', 'notYet', 'neverReady', 'unavailable', 'asynchronous', 'slow', 'refused'];
  expect([...states].sort()).toEqual(expected.sort());
  const words =
    'CREATED UPLOAD VERIFYING VERIFIED DELETED INSTANT COMPLETE INSTANT_CLASSIFY_ONLY QUEUED PROCESSING';
  for (const word of `${words} CLASSIFIED VERIFICATION_COMPLETE COMPLETED REJECTED FAILED`.split(' '))
    expect(statuses).toContain(word);
  expect(new Set(ocrolus.names()).size).toBeGreaterThanOrEqual(38);
});

test('is byte for byte what a call gets, no revision ever decreases, and each result says when it last changed', () => {
  const ocrolus = history(4, 120);
  const latest = new Map<string, number>();
  const seen = new Map<string, string>();
  for (let step = 0; step < 30; step += 1) {
    const before = ocrolus.now();
    ocrolus.advance(31 * HOUR);
    for (const { uuid, account } of ocrolus.books()) {
      for (const { kind, subject, operation, target, answer, body, changedAt } of ocrolus.truth(uuid)
        .results) {
        if (answer.state !== 'slow')
          expect(call(ocrolus, target, account)).toEqual([answer.status, answer.body]);
        const key = `${kind} ${operation} ${subject}`;
        // What is computed from a document follows it within the hour.
        if (body !== undefined && (seen.get(key) ?? body) !== body)
          expect(changedAt).toBeGreaterThanOrEqual(before - HOUR);
        if (body !== undefined) seen.set(key, body);
        const revision = answer.state === 'available' ? revisionOf(answer.body) : undefined;
        if (revision === undefined) continue;
        expect(revision).toBeGreaterThanOrEqual(latest.get(key) ?? 0);
        latest.set(key, revision);
      }
    }
  }
  expect(latest.size).toBeGreaterThan(1500);
});

function call(ocrolus: TestOcrolus, target: string, account: string) {
  const [path = '', query] = target.split('?');
  const { status, body } = ocrolus.get(path, new URLSearchParams(query), account);
  return [status, body];
}
