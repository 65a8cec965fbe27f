import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from './random.ts';
import { codeOf, createTestOcrolus, quietBook, resultOf, type TestOcrolus } from './testing/test-ocrolus.ts';

describe('analytics', () => {
  test('are 425 until they are ready, with and without a code', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook());
    const bodies = new Set<string>();
    for (let n = 0; n < 4; n += 1) {
      const { status: http, state, body } = ocrolus.get(`/v2/book/${uuid}/summary`);
      expect([http, state]).toEqual([425, 'notYet']);
      bodies.add(body);
      ocrolus.advance(HOUR / 30);
    }
    ocrolus.settle();
    expect(resultOf(ocrolus, uuid, 'summary').state).toBe('available');
  });

  test('do not exist for a book whose documents were all rejected', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook({ allRejected: 1 }));
    ocrolus.settle();
    expect(ocrolus.truth(uuid).status).toBe('VERIFIED');
    expect(resultOf(ocrolus, uuid, 'summary').state).toBe('neverReady');
  });

  test('of a large book are computed by a job, and are at a URL that needs no token', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook({ large: 1 }));
    ocrolus.settle();
    expect(codeOf(ocrolus.get(`/v2/book/${uuid}/summary`).body)).toBe(1100);
    const finished = runJob(ocrolus, uuid);
    const path = `/async_jobs/${finished.job}`;
    const signed = new URLSearchParams({ 'X-Amz-Signature': '5f1e' });
    const call = { method: 'GET', path, query: signed, account: 'alpha' };
    expect(ocrolus.answer({ ...call, token: undefined }).body).toBe(resultOf(ocrolus, uuid, 'summary').body);
    expect(ocrolus.answer({ ...call, token: 'any' }).status).toBe(400);
    expect(ocrolus.answer({ ...call, token: undefined, query: new URLSearchParams() }).status).toBe(403);
    ocrolus.advance(DAY);
    expect(ocrolus.get(`/v2/analytics/jobs/${finished.job}`).status).toBe(404);
  });

  test('fail even as a job when there are too many transactions', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook({ tooLarge: 1 }));
    ocrolus.settle();
    expect(runJob(ocrolus, uuid).status).toBe(422);
    expect(resultOf(ocrolus, uuid, 'summary').body).toBeUndefined();
  });

  test('take too long once or forever, and reading the truth does not count', () => {
    const ocrolus = createTestOcrolus();
    const uuids = Array.from({ length: 12 }, () => ocrolus.addBook(quietBook({ slow: 1 })));
    ocrolus.settle();
    const asked = uuids.filter((uuid) => ocrolus.truth(uuid).rows > 0);
    for (const uuid of asked) expect(resultOf(ocrolus, uuid, 'summary').answer.state).toBe('slow');
    const answers = asked.map((uuid) =>
      [1, 2].map(() => ocrolus.get(`/v2/book/${uuid}/summary`).state).join(' '),
    );
    expect(new Set(answers)).toEqual(new Set(['slow available', 'slow slow']));
  });

  test('enriched transactions have pages that do not overlap', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook({}, { documents: 60 }));
    ocrolus.settle();
    const { rows } = ocrolus.truth(uuid);
    const ids = new Set<string>();
    for (let offset = 0; offset < rows; offset += 50) {
      const { body } = ocrolus.get(`/v2/book/${uuid}/enriched_txns`, {
        offset: String(offset),
        limit: '500',
      });
      for (const [, id] of body.matchAll(/"txn_pk":(\d+)/g)) if (id !== undefined) ids.add(id);
    }
    expect(rows).toBeGreaterThan(50);
    expect(ids.size).toBe(rows);
  });

  function runJob(ocrolus: TestOcrolus, uuid: string) {
    for (;;) {
      const started = ocrolus.get(`/v2/book/${uuid}/summary`, { async: 'true' });
      expect(started.status).toBe(202);
      const job = /"job_id":"([^"]+)"/.exec(started.body)?.[1] ?? '';
      for (;;) {
        const { status: http, body } = ocrolus.get(`/v2/analytics/jobs/${job}`);
        if (http === 200 || http === 422) return { status: http, body, job };
        // It was lost: the client has to start another.
        if (http === 404) break;
        ocrolus.advance(10 * MINUTE);
      }
    }
  }
});
