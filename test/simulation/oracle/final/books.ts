import type { Attributes } from '../../kernel/table/values.ts';
import type { BookTruth, DocumentTruth } from '../../ocrolus/truth.ts';
import type { Violations } from '../violations.ts';
import type { FinalCheck } from './expected.ts';

/** Compares a book and its documents with what Ocrolus says of them. @returns the book as it is stored. */
export function checkBook(check: FinalCheck, truth: BookTruth): Attributes | undefined {
  const { core, violations } = check;
  const { table } = core;
  const { bookUuid, bookPk, account, name, status, found, documents } = truth;
  const book = table.peek({ bookId: bookUuid, item: 'BOOK' });
  if (status === 'DELETED') {
    checkDeleted(book, truth, violations);
    return undefined;
  }
  if (book === undefined) {
    violations.add('book-missing', bookUuid, `no BOOK; Ocrolus has it as ${status}`);
    return undefined;
  }
  if (!found) throw new Error('only a deleted book is not found');
  const counts = countByStatus(documents);
  for (const [attribute, expected] of Object.entries({ status, bookPk, account, name })) {
    if (book[attribute] === expected) continue;
    violations.add('book-differs', bookUuid, `${attribute} is ${book[attribute]}, not ${expected}`);
  }
  if (canonical(book.documents ?? {}) !== canonical(counts)) {
    violations.add(
      'book-differs',
      bookUuid,
      `documents are ${canonical(book.documents ?? {})}, not ${canonical(counts)}`,
    );
  }
  for (const document of documents) checkDocument(check, bookUuid, document);
  const known = new Set(documents.map(({ uuid }) => `DOC#${uuid}`));
  for (const { item } of table.peekPartition(bookUuid, 'DOC#')) {
    if (!known.has(String(item)))
      violations.add('document-differs', bookUuid, `${item} is not one of Ocrolus`);
  }
  return book;
}

function checkDeleted(
  book: Attributes | undefined,
  { bookUuid, found }: BookTruth,
  violations: Violations,
): void {
  if (book === undefined) return;
  const isRight =
    book.status === 'DELETED' || (!found && (book.status === 'NOT_FOUND' || book.observedAt === undefined));
  if (!isRight)
    violations.add(
      'book-differs',
      bookUuid,
      `a deleted book (${found ? 'listed' : 'gone'}) is ${book.status}`,
    );
  if (book.complete !== undefined)
    violations.add('complete-wrong', bookUuid, `a deleted book has complete ${book.complete}`);
}

function checkDocument(
  { core, written, violations, excused }: FinalCheck,
  bookUuid: string,
  { uuid, status, listed, name, rejectionReason }: DocumentTruth,
): void {
  const stored = core.table.peek({ bookId: bookUuid, item: `DOC#${uuid}` });
  const report = (text: string) => violations.add('document-differs', bookUuid, `${uuid} ${text}`);
  if (!listed) {
    const isGone = stored === undefined || stored.status === 'UNLISTED' || stored.status === 'DELETED';
    if (!isGone) report(`is ${stored?.status}, and Ocrolus no longer lists it`);
    return;
  }
  if (stored === undefined && written.expiredAt(bookUuid, `DOC#${uuid}`) !== undefined) {
    excused.add('removed-by-retention');
    return;
  }
  if (stored === undefined) {
    report(`is missing; Ocrolus has it as ${status}`);
    return;
  }
  if (stored.status !== status) report(`is ${stored.status}, not ${status}`);
  if (stored.name !== name) report('has another name');
  if (stored.rejectionReason !== rejectionReason) report('has another rejection reason');
}

function countByStatus(documents: readonly DocumentTruth[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { listed, status } of documents) if (listed) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function canonical(counts: unknown): string {
  return JSON.stringify(Object.entries(Object(counts)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
