import type { Book, Document, Mixed } from './book.ts';
import { bookOf, type Match } from './model.ts';
import { available, integer, type Reply, v1, v1Text, withList } from './reply.ts';
import { isCaptured, isFinished } from './versions.ts';

/*
 * Answers about what there is (Book status, Book info, Book list), and what Ocrolus has read: forms, transactions, pay
 * stubs, classification. Only the fields that are used, and a few more; every body has a revision.
 */

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

function documentBody(document: Document): object {
  const { pk, name, uuid, pages, status, book, documentClass = book.bookClass } = document;
  return {
    pk: integer(pk),
    name,
    uuid,
    pages,
    md5: 'e78045a8c1b94d02a6f35b7e90d1c2f4',
    status,
    image_group_pk: integer(document.imageGroup?.pk),
    mixed_uploaded_doc_pk: integer(document.mixed?.pk),
    rejection_reason: status === 'REJECTED' ? document.rejectionReason : undefined,
    document_class: book.account.habits.showsDocumentClass ? documentClass : undefined,
  };
}

function mixedBody({ pk, name, uuid, status }: Mixed): object {
  return {
    pk: integer(pk),
    name,
    uuid,
    id: integer(pk),
    pages: 4,
    md5: '88e004f1d7a24c5b9e60f3a8127bd95c',
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

/** Bank statements and pay stubs have no forms here; nor has a rejected document. */
export function forms({ account, document, now }: Match): Reply {
  if (document === undefined) throw new Error('no document');
  const pending = pendingReply(document, now);
  if (pending !== undefined) return account.refusals[pending];
  const { uuid, kind, formType: form_type, revision } = document;
  const pk = integer(document.pk);
  const name = { value: 'NORA QUILLFEATHER', is_empty: false, confidence: 1 };
  const raw_fields = { 'w2-Part1:name': name };
  const form = { pk, uuid, form_type, form_config_pk: 216_942, tables: [], raw_fields };
  const list = kind === 'form' && isCaptured(document) ? [form] : [];
  return available(v1({ pk, uuid, forms: list, simulated_revision: revision }));
}

export function transactions(match: Match): Reply {
  const { account, document, now } = match;
  const book = bookOf(match);
  const { refusals, habits } = account;
  const needsBook = document === undefined || habits.transactionsWaitForBook === true;
  if (needsBook && book.working > 0) return refusals.documentsPending;
  if (document !== undefined) {
    const pending = pendingReply(document, now);
    if (pending !== undefined) return refusals[pending];
  }
  const { pk, uuid } = document ?? book;
  const rows = document !== undefined && isCaptured(document) ? document.rows : 0;
  const tail = {
    bank_accounts: { [pk]: { account_number: '40123456789', account_holder: 'NORA QUILLFEATHER' } },
    uploaded_docs: { [pk]: { pk: integer(pk), uuid: uuid.replaceAll('-', '') } },
    simulated_revision: (document ?? book.statements).revision,
  };
  return available(v1Text(withList({}, 'txns', transactionRows(rows), tail)));
}

const rowTexts: string[] = [''];

/** The first `count` rows; the same for every statement. */
function transactionRows(count: number): string {
  for (let n = rowTexts.length; n <= count; n += 1) {
    const [pk, amount, description] = [357_303_000 + n, `-${n}.35`, `ACH ${n}`];
    const row = JSON.stringify({ pk, amount, txn_date: '09/10/2025', description });
    rowTexts.push(n === 1 ? row : `${rowTexts[n - 1]},${row}`);
  }
  return rowTexts[count] ?? '';
}

function pendingReply(document: Document, now: number): 'mixedPending' | 'documentsPending' | undefined {
  if (isFinished(document) && now >= document.resultsFrom) return undefined;
  const isUnsplit = document.mixed?.status === 'PROCESSING' || document.mixed?.status === 'QUEUED';
  return isUnsplit ? 'mixedPending' : 'documentsPending';
}

/** Every pay stub of the book in the v1 envelope; `response` is an array. */
export function payStubs(match: Match): Reply {
  const book = bookOf(match);
  if (book.working > 0) return match.account.refusals.documentsPending;
  const stubs = book.documents
    .filter((document) => document.kind === 'pay-stub' && document.isListed && isCaptured(document))
    .map(({ uuid, docUuid, revision }) => ({
      uuid,
      book_uuid: book.uuid,
      doc_uuid: docUuid,
      status: 'COMPLETED',
      employee: { name: 'NORA QUILLFEATHER' },
      revision,
    }));
  return available({ ...v1(stubs), simulated_revision: book.paystubs.revision });
}

/** Not there until everything in the book is classified. */
export function classification(match: Match): Reply {
  const book = bookOf(match);
  if (!book.isClassified) {
    const isUnsplit = book.mixed.some(({ status }) => status === 'QUEUED' || status === 'PROCESSING');
    const { mixedPending, documentsPending } = match.account.refusals;
    return isUnsplit ? mixedPending : documentsPending;
  }
  const form = { form_type: { name: 'W2' }, upload_details: { confidence: '0.98' } };
  const { revision } = book.classification;
  return available(v1({ book_uuid: book.uuid, forms: [form], simulated_revision: revision }));
}
