import { expect, test } from 'vitest';
import { booksFor } from './life/arrivals.ts';
import { DAY } from './random.ts';
import { createTestOcrolus, quietBook } from './testing/test-ocrolus.ts';

/** Far below what is measured on an idle machine (see the printed line), so that a busy one passes. */
const LEAST_PER_SECOND = 50_000;

test('small answers cost a few microseconds', () => {
  const ocrolus = createTestOcrolus();
  const uuids = Array.from({ length: 200 }, () => ocrolus.addBook(quietBook({}, { documents: 4 })));
  ocrolus.settle();
  const paths = uuids.flatMap((uuid) => [
    ['/v1/book/status', { book_uuid: uuid }] as const,
    [`/v2/book/${uuid}/summary`, {}] as const,
    [`/v2/book/${uuid}/enriched_txns`, { offset: '0', limit: '50' }] as const,
    [`/v2/detect/book/${uuid}/signals`, {}] as const,
    ...ocrolus
      .truth(uuid)
      .documents.flatMap(({ uuid: id }) => [
        ['/v1/document/forms/fields', { doc_uuid: id }] as const,
        ['/v1/transaction', { book_uuid: uuid, uploaded_doc_uuid: id }] as const,
      ]),
  ]);
  let bytes = 0;
  let calls = 0;
  const startedAt = performance.now();
  while (performance.now() - startedAt < 1000) {
    // As a caller would, who sends the body on: a string is put together only then.
    for (const [path, query] of paths) bytes += Buffer.byteLength(ocrolus.get(path, query).body);
    calls += paths.length;
    ocrolus.advance(1000);
  }
  const perSecond = Math.round((calls / (performance.now() - startedAt)) * 1000);
  console.log(`${perSecond} answers/s of ${Math.round(bytes / calls)} bytes`);
  expect(perSecond).toBeGreaterThan(LEAST_PER_SECOND);
});

test('the lives of books cost microseconds per delivery', () => {
  const deliveries = 60_000;
  const ocrolus = createTestOcrolus({ books: booksFor(deliveries), arrivalMs: 30 * DAY });
  const startedAt = performance.now();
  ocrolus.start();
  ocrolus.settle();
  const seconds = (performance.now() - startedAt) / 1000;
  const { length } = ocrolus.deliveries;
  console.log(
    `${Math.round(length / seconds)} deliveries/s, ${(length / ocrolus.books().length).toFixed(1)} per book`,
  );
  expect(length / seconds).toBeGreaterThan(20_000);
  expect(Math.abs(length / deliveries - 1)).toBeLessThan(0.15);
});
