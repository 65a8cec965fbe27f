import { normaliseUuid } from '../../../../shared/events/read-ids.ts';
import { messageOnly, Refusal, type Reply, v1Error, v2Error } from '../http/reply.ts';
import type { Call } from '../http/router.ts';
import { type Book, type Document, isFinished } from '../state/book.ts';

/** How a family spells its refusals (docs/ocrolus.md#envelopes). */
export interface Family {
  readonly notFound: Reply;
  readonly forbidden: Reply;
}

export const V1: Family = {
  notFound: v1Error(1401, 'Book not found'),
  forbidden: v1Error(2102, 'No permission to access this book'),
};

export const ANALYZE: Family = {
  notFound: v2Error(404, 1401, 'Book not found'),
  forbidden: v2Error(403, 2102, 'No permission to access this book'),
};

export const DETECT: Family = {
  notFound: messageOnly(404, 'Book not found'),
  forbidden: messageOnly(403, 'Unauthorized'),
};

/** By `book_uuid` in the path. A deleted book is not found. */
export function bookInPath(call: Call, family: Family): Book {
  return visible(call.organization.books.byUuid(call.params.book_uuid ?? ''), family);
}

/** By the query parameters `book_uuid` or `pk`. Any other name is as good as none: 400/1103. */
export function bookInQuery(call: Call, pkName: 'pk' | 'book_pk' = 'pk'): Book {
  return visible(anyBookInQuery(call, pkName), V1);
}

/** As above, but a deleted book is found, too. */
export function anyBookInQuery(call: Call, pkName: 'pk' | 'book_pk' = 'pk'): Book {
  const { books } = call.organization;
  const uuid = call.query.get('book_uuid');
  const pk = call.query.get(pkName);
  if (uuid === null && pk === null) throw new Refusal(v1Error(1103, 'Required pk or book uuid'));
  return permitted(uuid === null ? books.byPk(pk ?? '') : books.byUuid(uuid), V1);
}

type IdName = 'pk' | 'uuid' | 'docUuid';

/**
 * A document of the v1 family: 400/1501 when there is none.
 *
 * @param names the ids that may be given: another id of the same document is as good as none.
 */
export function documentById(
  call: Call,
  id: string,
  names: readonly IdName[],
): { book: Book; document: Document } {
  const found = call.organization.books.document(id);
  const known = normaliseUuid(id);
  const isNamed = names.some((name) => found?.document[name] === known);
  if (found === undefined || !isNamed || found.document.status === 'DELETED') {
    throw new Refusal(v1Error(1501, 'Document not found'));
  }
  if (found.book.forbidden) throw new Refusal(v1Error(2104, 'No permission to access this doc'));
  return found;
}

/** The ids that `doc_uuid` takes. */
export function docUuidNames({ organization }: Call): readonly IdName[] {
  return organization.options.formsBy === 'doc_uuid' ? ['docUuid'] : ['docUuid', 'uuid'];
}

/** 400/1404, or 400/1511 while the document's mixed parent is not split yet. */
export function requireFinished(document: Document): void {
  if (isFinished(document)) return;
  const isUnsplit = document.mixed?.status === 'QUEUED';
  throw new Refusal(
    isUnsplit
      ? v1Error(1511, 'Mixed document is pending classification.')
      : v1Error(1404, 'Book containing documents pending verification'),
  );
}

/** 400/1404 while any document of the book is pending. */
export function requireAllFinished(book: Book): void {
  if (!book.documents.every(isFinished)) {
    throw new Refusal(v1Error(1404, 'Book containing documents pending verification'));
  }
}

function visible(book: Book | undefined, family: Family): Book {
  const found = permitted(book, family);
  if (found.status === 'DELETED') throw new Refusal(family.notFound);
  return found;
}

function permitted(book: Book | undefined, family: Family): Book {
  if (book === undefined) throw new Refusal(family.notFound);
  if (book.forbidden) throw new Refusal(family.forbidden);
  return book;
}
