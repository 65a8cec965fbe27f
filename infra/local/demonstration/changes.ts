import type { DocumentItem } from '../../../shared/store/items.ts';
import type { ResultDescription } from '../../../shared/store/reader.ts';
import type { BookContents } from './book-contents.ts';

/** Describes the differences between two readings of a book, e.g. `BOOK VERIFIED, DOC 07ce7a49, forms (2.2 KB)`. */
export function describeChanges(before: BookContents, after: BookContents): string {
  const parts: string[] = [];
  if (after.book !== undefined && differs(visibleOfBook(before.book), visibleOfBook(after.book))) {
    parts.push(describeBook(after.book));
  }
  for (const document of after.documents) {
    const known = before.documents.find(({ item }) => item === document.item);
    if (differs(visibleOfDocument(known), visibleOfDocument(document)))
      parts.push(describeDocument(document));
  }
  for (const result of after.results) {
    const known = before.results.find(({ item }) => item === result.item);
    if (known?.sha256 !== result.sha256) parts.push(describeResult(result));
  }
  return parts.length > 0 ? parts.join(', ') : 'nothing new';
}

/** Leaves out times and internal attributes, which change with every write. */
function visibleOfBook(book: BookContents['book']): unknown {
  if (book === undefined) return undefined;
  const { status, generation, capture, analytics, detect, income, completed, documents, complete } = book;
  const progress = [capture, analytics, detect, income, completed].map((one) => one?.state);
  return { status, generation, progress, documents, complete };
}

function visibleOfDocument(document: DocumentItem | undefined): unknown {
  return document === undefined
    ? undefined
    : [document.status, document.rejectionReason, document.detect?.state];
}

function differs(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

function describeBook({ status = '', complete }: NonNullable<BookContents['book']>): string {
  return `BOOK ${status}${complete === true ? ' complete' : ''}`.trim();
}

function describeDocument({ docUuid, status, detect }: DocumentItem): string {
  return `DOC ${docUuid.slice(0, 8)} ${detect === undefined ? status : `Detect ${detect.state}`}`;
}

function describeResult({ kind, bytes, s3 }: ResultDescription): string {
  return `${kind} (${(bytes / 1024).toFixed(1)} KB${s3 === undefined ? '' : ' in S3'})`;
}
