import { expect, test } from 'vitest';
import { revisionOf } from '../../../infra/local/ocrolus/model/reply.ts';
import { DEFAULT_PROFILE } from './profile.ts';
import { DAY, HOUR } from './random.ts';
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

test('is byte for byte what a call gets, and no revision ever decreases', () => {
  const ocrolus = history(4, 120);
  const latest = new Map<string, number>();
  for (let step = 0; step < 30; step += 1) {
    ocrolus.advance(31 * HOUR);
    for (const { uuid, account } of ocrolus.books()) {
      for (const { kind, subject, operation, target, answer } of ocrolus.truth(uuid).results) {
        if (answer.state !== 'slow')
          expect(call(ocrolus, target, account)).toEqual([answer.status, answer.body]);
        const revision = answer.state === 'available' ? revisionOf(answer.body) : undefined;
        if (revision === undefined) continue;
        const key = `${kind} ${operation} ${subject}`;
        expect(revision).toBeGreaterThanOrEqual(latest.get(key) ?? 0);
        latest.set(key, revision);
      }
    }
  }
  expect(latest.size).toBeGreaterThan(1500);
});

test('a result says when it last changed', () => {
  const ocrolus = history(5, 250);
  const seen = new Map<string, { body: string; changedAt: number }>();
  for (let step = 0; step < 30; step += 1) {
    const before = ocrolus.now();
    ocrolus.advance(31 * HOUR);
    for (const { uuid } of ocrolus.books()) {
      for (const { operation, subject, body, changedAt } of ocrolus.truth(uuid).results) {
        if (body === undefined) continue;
        const known = seen.get(`${operation} ${subject}`);
        // What is computed from a document follows it within the hour.
        if (known !== undefined && known.body !== body)
          expect(changedAt).toBeGreaterThanOrEqual(before - HOUR);
        seen.set(`${operation} ${subject}`, { body, changedAt });
      }
    }
  }
});

function call(ocrolus: TestOcrolus, target: string, account: string) {
  const [path = '', query] = target.split('?');
  const { status, body } = ocrolus.get(path, new URLSearchParams(query), account);
  return [status, body];
}
