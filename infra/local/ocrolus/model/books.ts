import type { Book, Document, Mixed } from './book.ts';
import { bookOf, type Match } from './model.ts';
import { available, integer, type Reply, v1Text, withList } from './reply.ts';

/* Answers about what there is: Book status, Book info and Book list. */

/** Kept until the book changes: a book of 2,000 documents has an answer of 400 KB. */
export function bookStatus(match: Match): Reply {
  const book = bookOf(match);
  book.statusText ??= statusText(book);
  return available(book.statusText);
}

function statusText(book: Book): string {
  const listed = book.documents.filter(({ isListed }) => isListed);
  const isRepeated = book.account.habits.repeatsDocuments === true && book.hash % 7 === 0;
  const shown = isRepeated ? [...listed, ...listed.slice(0, 1)] : listed;
  const id = integer(book.pk);
  const head = { ...commonMembers(book), uuid: book.uuid, id, is_shared_or_public_book: true };
  const tail = {
    mixed_docs: book.mixed.length === 0 ? undefined : book.mixed.map(mixedBody),
    book_status: book.status,
    book_class: book.bookClass,
    simulated_revision: book.version,
  };
  return v1Text(withList(head, 'docs', shown.map(documentText).join(','), tail));
}

/** Book status and Book list begin with the same members. */
function commonMembers({ name, pk, createdAt }: Book): object {
  const created = `${new Date(createdAt).toISOString().slice(0, 19)}Z`;
  const owner_email = 'nora@quillfeather.example';
  return { name, created, created_ts: created, pk: integer(pk), owner_email, is_public: true };
}

function documentText(document: Document): string {
  document.statusText ??= JSON.stringify(documentBody(document));
  return document.statusText;
}

function documentBody({
  pk,
  name,
  uuid,
  pages,
  status,
  imageGroup,
  mixed,
  rejectionReason,
}: Document): object {
  return {
    pk: integer(pk),
    name,
    uuid,
    pages,
    md5: 'e78045a8',
    status,
    image_group_pk: integer(imageGroup?.pk),
    mixed_uploaded_doc_pk: integer(mixed?.pk),
    rejection_reason: status === 'REJECTED' ? rejectionReason : undefined,
  };
}

function mixedBody({ pk, name, uuid, status }: Mixed): object {
  return {
    pk: integer(pk),
    name,
    uuid,
    id: integer(pk),
    pages: 4,
    md5: '88e004f1',
    status,
    image_group_pk: null,
    rejection_reason: status === 'REJECTED' ? 'INVALID DOCUMENT' : null,
  };
}

/** Book info has the lender's id, which Book status lacks, and no status. */
export function bookInfo(match: Match): Reply {
  return available(v1Text(listText(bookOf(match))));
}

/** Newest first, or by ascending pk; with `limit` in an envelope of its own (docs/ocrolus.md#book-list). */
export function bookList({ account, query }: Match): Reply {
  const { listed, habits } = account;
  const isWhole = habits.listShape === 'whole';
  const limit = isWhole ? listed.length : Number(query.get('limit') ?? listed.length);
  const offset = isWhole ? 0 : Number(query.get('offset') ?? 0);
  const ascending = query.get('order') === 'ASC';
  const ordered = ascending ? listed : listed.toReversed();
  const books = ordered
    .slice(offset, offset + limit)
    .map(listText)
    .join(',');
  const isPage = query.has('limit') && habits.listShape !== 'array' && !isWhole;
  const tail = { total_book_count: listed.length, _links: {} };
  return available(v1Text(isPage ? withList({ limit }, 'books', books, tail) : `[${books}]`));
}

function listText(book: Book): string {
  book.listText ??= JSON.stringify({
    ...commonMembers(book),
    book_uuid: book.uuid,
    id: integer(book.pk),
    xid: book.xid,
    book_type: 'DEFAULT',
  });
  return book.listText;
}
