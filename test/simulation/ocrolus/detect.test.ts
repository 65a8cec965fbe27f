import { describe, expect, test } from 'vitest';
import { createTestOcrolus, quietBook } from './testing/test-ocrolus.ts';

describe('Detect', () => {
  test('knows the part of a split upload only under the alias, and answers with the upload', () => {
    const ocrolus = createTestOcrolus();
    const uuid = ocrolus.addBook(quietBook({ mixed: 1 }));
    ocrolus.settle();
    const part = ocrolus.truth(uuid).documents.find((document) => document.uuid !== document.docUuid);
    expect(part).toBeDefined();
    const { uuid: upload = '', docUuid = '' } = part ?? {};
    expect(ocrolus.get(`/v2/detect/document/${docUuid}/signals`).body).toBe(
      ocrolus.get(`/v2/detect/uploaded_doc/${upload}/signals`).body,
    );
    expect(ocrolus.get(`/v2/detect/uploaded_doc/${docUuid}/signals`).body).toBe(
      `{"message":"Uploaded doc not found: '${docUuid}'"}`,
    );
  });

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
