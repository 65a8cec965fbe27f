import { describe, expect, test } from 'vitest';
import { revisionOf } from '../../../../infra/local/ocrolus/model/reply.ts';
import { DAY, HOUR, MINUTE } from '../random.ts';
import { codeOf, createTestOcrolus, quietBook, statusOf } from '../testing/test-ocrolus.ts';

describe('the life of a book', () => {
  test('goes from CREATED to VERIFIED, and announces each step in the vocabulary of the account', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook());
    expect(statusOf(ocrolus, uuid).body).toContain('"docs":[],"book_status":"CREATED"');
    ocrolus.settle();
    expect(statusOf(ocrolus, uuid).body).toContain('"book_status":"VERIFIED","book_class":"INSTANT"');
    const names = ocrolus.names();
    for (const name of [
      'document.upload_succeeded',
      'document.classification_succeeded',
      'document.verification_succeeded',
    ])
      expect(names.filter((known) => known === name)).toHaveLength(3);
    for (const name of ['book.classified', 'book.verified']) expect(names).toContain(name);
    expect(names.some((name) => name.startsWith('book.analytics_v2.'))).toBe(true);
    for (const { body } of ocrolus.deliveries) expect(() => JSON.parse(body)).not.toThrow();
  });

  test('sends only the nine legacy names to a legacy account', () => {
    const ocrolus = createTestOcrolus();
    for (let n = 0; n < 30; n += 1) ocrolus.addBook({ account: 'beta' });
    ocrolus.setProduct('beta', 'signals', true);
    ocrolus.settle();
    const known =
      /^(BOOK_VERIFIED|DOC_VERIFIED|IMAGE_GROUP_VERIFIED|ANALYTICS_COMPLETED|MIDDESK_VERIFIED|SUSPICIOUS_ACTIVITY|document\.detect\.\w+)$/;
    expect(ocrolus.names().filter((name) => !known.test(name))).toEqual([]);
    expect(ocrolus.names()).toContain('BOOK_VERIFIED');
  });

  test('stops after classification for a classify-only book', () => {
    const ocrolus = createTestOcrolus({}, 3);
    const uuid = ocrolus.addBook(quietBook({ classifyOnly: 1 }, { documents: 2 }));
    ocrolus.settle();
    expect(statusOf(ocrolus, uuid).body).toContain('"status":"CLASSIFIED"');
    expect(ocrolus.get(`/v2/book/${uuid}/classification-summary`).state).toBe('available');
    expect(ocrolus.get(`/v2/book/${uuid}/summary`).state).toBe('neverReady');
    expect(ocrolus.names()).not.toContain('book.verified');
  });

  test('is the same for the same seed, and different for another seed', () => {
    const history = (seed: number) => {
      const ocrolus = createTestOcrolus(
        { books: 40, arrivalMs: DAY, giants: 1, giantDocuments: { least: 200, most: 300 } },
        seed,
      );
      ocrolus.start();
      ocrolus.settle();
      return ocrolus.deliveries.map(({ body, at }) => `${at} ${body}`);
    };
    const first = history(7);
    expect(first.length).toBeGreaterThan(500);
    expect(history(7)).toEqual(first);
    expect(history(8)).not.toEqual(first);
  });

  test('does not depend on the requests that are made about the book', () => {
    const bodies = (asks: boolean) => {
      const ocrolus = createTestOcrolus({ books: 20, arrivalMs: HOUR });
      ocrolus.start();
      for (let hour = 0; hour < 200; hour += 1) {
        ocrolus.advance(HOUR);
        for (const { uuid } of asks ? ocrolus.books() : [])
          ocrolus.get(`/v2/book/${uuid}/summary`, { async: 'true' });
      }
      return ocrolus.deliveries.map(({ body }) => body);
    };
    expect(bodies(true)).toEqual(bodies(false));
  });
});

describe('changes after verification', () => {
  test('a document that is added reopens the book, and its analytics are computed again', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook());
    ocrolus.settle();
    const before = ocrolus.get(`/v2/book/${uuid}/summary`);
    ocrolus.change(uuid, 'reopen');
    const isVerified = () => statusOf(ocrolus, uuid).body.includes('"book_status":"VERIFIED"');
    for (let minute = 0; isVerified() && minute < 15; minute += 1) ocrolus.advance(MINUTE);
    expect(isVerified()).toBe(false);
    expect(ocrolus.get(`/v2/book/${uuid}/summary`).status).toBe(425);
    ocrolus.settle();
    const later = ocrolus.get(`/v2/book/${uuid}/summary`);
    expect(revisionOf(later.body)).toBe((revisionOf(before.body) ?? 0) + 1);
  });

  test('an upgraded document is processed again, and has other forms afterwards', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook({}, { documents: 1 }));
    ocrolus.settle();
    const [document] = ocrolus.truth(uuid).documents;
    const forms = () => ocrolus.get('/v1/document/forms/fields', { doc_uuid: document?.docUuid ?? '' });
    const before = forms();
    ocrolus.change(uuid, 'upgrade');
    expect(codeOf(forms().body)).toBe(1404);
    ocrolus.settle();
    expect(forms().body).not.toBe(before.body);
    expect(ocrolus.truth(uuid).documents[0]?.revision).toBe(2);
  });

  test('a deleted book is shown by Book status only, or not at all', () => {
    const ocrolus = createTestOcrolus();
    const uuids = Array.from({ length: 20 }, () => ocrolus.addBook(quietBook()));
    ocrolus.settle();
    for (const uuid of uuids) ocrolus.change(uuid, 'deleteBook');
    const answers = uuids.map((uuid) => statusOf(ocrolus, uuid));
    expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['available', 'refused']));
    for (const uuid of uuids) expect(codeOf(ocrolus.get(`/v2/book/${uuid}/summary`).body)).toBe(1401);
    expect(ocrolus.get('/v1/books', { limit: '50', offset: '0', order: 'ASC' }).body).toContain('"books":[]');
  });
});
