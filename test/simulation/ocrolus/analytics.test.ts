import { describe, expect, test } from 'vitest';
import { HOUR } from './random.ts';
import { createTestOcrolus, quietBook, resultOf } from './testing/test-ocrolus.ts';

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
});

describe('Detect', () => {
  test("says the same of a document in its own answer and in the book's", () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook({}, { documents: 40 }));
    ocrolus.settle();
    const { body } = ocrolus.get(`/v2/detect/book/${uuid}/signals`);
    const { documents } = ocrolus.truth(uuid);
    expect(new Set(documents.map(({ detect }) => detect)).size).toBeGreaterThan(2);
    for (const { uuid: id, analysis } of documents) {
      expect(body.includes(id)).toBe(analysis !== '');
      expect(body).toContain(analysis);
      if (analysis !== '')
        expect(ocrolus.get(`/v2/detect/uploaded_doc/${id}/signals`).body).toContain(analysis);
    }
  });

  test('announces some documents without their book', () => {
    const ocrolus = createTestOcrolus();
    ocrolus.addBook(quietBook({ mixed: 1 }, { documents: 60 }));
    ocrolus.settle();
    const events = ocrolus.deliveries.filter(({ eventName }) => eventName.startsWith('document.detect.'));
    expect(events.some(({ body }) => !body.includes('book_') && !body.includes('uploaded_doc'))).toBe(true);
    expect(events.every(({ bookUuid, subject }) => bookUuid !== undefined && subject !== undefined)).toBe(
      true,
    );
  });
});
