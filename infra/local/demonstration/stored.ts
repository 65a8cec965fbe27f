import type { DocumentItem } from '../../../shared/store/items.ts';
import type { ResultDescription } from '../../../shared/store/reader.ts';
import type { Landed } from './landed.ts';

/** What is new or different between two looks at a book, e.g. `BOOK VERIFIED, DOC 07ce7a49, forms (2.2 KB)`. */
export function describeChanges(before: Landed, after: Landed): string {
  const parts: string[] = [];
  if (after.book !== undefined && differs(withoutTimes(before.book), withoutTimes(after.book))) {
    parts.push(`BOOK ${after.book.status ?? ''}`.trim());
  }
  for (const document of after.documents) {
    const known = before.documents.find(({ item }) => item === document.item);
    if (differs(known, document)) parts.push(describeDocument(document));
  }
  for (const result of after.results) {
    const known = before.results.find(({ item }) => item === result.item);
    if (known?.sha256 !== result.sha256) parts.push(describeResult(result));
  }
  return parts.length > 0 ? parts.join(', ') : 'nothing new';
}

/** A book is written each time it is looked at. */
function withoutTimes(book: Landed['book']): unknown {
  if (book === undefined) return undefined;
  const {
    observedAt: _observed,
    updatedAt: _updated,
    dueAt: _due,
    poll: _poll,
    source: _source,
    ...rest
  } = book;
  return rest;
}

function differs(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

function describeDocument({ docUuid, status, detect }: DocumentItem): string {
  return `DOC ${docUuid.slice(0, 8)} ${detect === undefined ? status : `Detect ${detect.state}`}`;
}

function describeResult({ kind, bytes, s3 }: ResultDescription): string {
  return `${kind} (${(bytes / 1024).toFixed(1)} KB${s3 === undefined ? '' : ' in S3'})`;
}
