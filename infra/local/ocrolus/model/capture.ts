import type { Book, Document } from './book.ts';
import { bookOf, type Match, parameter } from './model.ts';
import { available, type Reply } from './reply.ts';
import { isCaptured, isFinished } from './versions.ts';

/*
 * Answers about what Ocrolus has read: Book status, Book list, forms, transactions, pay stubs, classification.
 * Only the fields that are used, and a few more; every body has a revision.
 */

/** Kept until the book changes: a book of 2,000 documents has an answer of 400 KB. */
export function bookStatus(match: Match): Reply {
  const book = bookOf(match);
  book.statusText ??= statusText(book);
  return available(book.statusText);
}

function statusText(book: Book): string {
  const { pk, uuid, created } = book;
  let docs = '';
  for (const document of book.documents) {
    if (!document.isListed) continue;
    document.statusText ??= documentText(document);
    docs += docs === '' ? document.statusText : `,${document.statusText}`;
  }
  const isRepeated = book.account.habits.repeatsDocuments === true && book.hash % 7 === 0;
  const [first] = book.documents.filter(({ isListed }) => isListed);
  if (isRepeated && first?.statusText !== undefined) docs += `,${first.statusText}`;
  const mixed = book.mixed.map(
    (m) =>
      `{"pk":${m.pk},"name":"${m.name}","uuid":"${m.uuid}","id":${m.pk},"pages":4,"md5":"88e004f1","status":"${m.status}","image_group_pk":null,"rejection_reason":${m.status === 'REJECTED' ? '"INVALID DOCUMENT"' : 'null'}}`,
  );
  const mixedDocs = mixed.length === 0 ? '' : `,"mixed_docs":[${mixed.join(',')}]`;
  return `{"status":200,"response":{"name":"${book.name}","created":"${created}","created_ts":"${created}","pk":${pk},"owner_email":"nora@quillfeather.example","is_public":true,"uuid":"${uuid}","id":${pk},"is_shared_or_public_book":true,"docs":[${docs}]${mixedDocs},"book_status":"${book.status}","book_class":"${book.bookClass}","simulated_revision":${book.version}},"message":"OK"}`;
}

function documentText(document: Document): string {
  const { pk, name, uuid, status, imageGroup, mixed, rejectionReason } = document;
  const reason = status === 'REJECTED' ? `,"rejection_reason":"${rejectionReason}"` : '';
  return `{"pk":${pk},"name":"${name}","uuid":"${uuid}","pages":2,"md5":"e78045a8","status":"${status}","image_group_pk":${imageGroup?.pk ?? 'null'},"mixed_uploaded_doc_pk":${mixed?.pk ?? 'null'}${reason}}`;
}

/** Newest first, or by ascending pk; with `limit` in an envelope of its own (docs/ocrolus.md#book-list). */
export function bookList({ account, query }: Match): Reply {
  const { listed, habits } = account;
  const isWhole = habits.listShape === 'whole';
  const limit = isWhole ? listed.length : Number(parameter(query, 'limit') ?? listed.length);
  const offset = isWhole ? 0 : Number(parameter(query, 'offset') ?? 0);
  const ascending = parameter(query, 'order') === 'ASC';
  let books = '';
  for (let n = offset; n < Math.min(listed.length, offset + limit); n += 1) {
    const text = listed[ascending ? n : listed.length - 1 - n]?.listText ?? '';
    books += books === '' ? text : `,${text}`;
  }
  const isPage = parameter(query, 'limit') !== undefined && habits.listShape !== 'array' && !isWhole;
  const response = isPage
    ? `{"limit":${limit},"books":[${books}],"total_book_count":${listed.length},"_links":{}}`
    : `[${books}]`;
  return available(`{"status":200,"response":${response},"message":"OK"}`);
}

/** Bank statements and pay stubs have no forms here; nor has a rejected document. */
export function forms({ account, document, now }: Match): Reply {
  if (document === undefined) throw new Error('no document');
  const pending = pendingReply(document, now);
  if (pending !== undefined) return account.refusals[pending];
  const { pk, uuid, kind, revision } = document;
  const form = `{"pk":${pk},"uuid":"${uuid}","form_type":"W2","form_config_pk":216942,"tables":[],"raw_fields":{"w2-Part1:name":{"value":"NORA QUILLFEATHER","is_empty":false,"confidence":1}}}`;
  const list = kind === 'form' && isCaptured(document) ? form : '';
  return available(
    `{"status":200,"response":{"pk":${pk},"uuid":"${uuid}","forms":[${list}],"simulated_revision":${revision}},"message":"OK"}`,
  );
}

/** Of one document, or of the whole book. */
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
  const { pk, uuid, revision } = document ?? {
    pk: book.pk,
    uuid: book.uuid,
    revision: book.statements.revision,
  };
  const rows = document === undefined ? 0 : isCaptured(document) ? document.rows : 0;
  return available(
    `{"status":200,"response":{"txns":[${transactionRows(rows)}],"bank_accounts":{"${pk}":{"account_number":"40123456789","account_holder":"NORA QUILLFEATHER"}},"uploaded_docs":{"${pk}":{"pk":${pk},"uuid":"${uuid.replaceAll('-', '')}"}},"simulated_revision":${revision}},"message":"OK"}`,
  );
}

const rowTexts: string[] = [''];

/** The first `count` rows; the same for every statement. */
function transactionRows(count: number): string {
  for (let n = rowTexts.length; n <= count; n += 1) {
    const row = `{"pk":${357_303_000 + n},"amount":"-${n}.35","txn_date":"09/10/2025","description":"ACH ${n}"}`;
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
    .map(
      ({ uuid, docUuid, revision }) =>
        `{"uuid":"${uuid}","book_uuid":"${book.uuid}","doc_uuid":"${docUuid}","status":"COMPLETED","employee":{"name":"NORA QUILLFEATHER"},"revision":${revision}}`,
    );
  return available(
    `{"status":200,"response":[${stubs.join(',')}],"message":"OK","simulated_revision":${book.paystubs.revision}}`,
  );
}

/** Of the whole book: while something is not classified, it is not there. */
export function classification(match: Match): Reply {
  const book = bookOf(match);
  if (!book.isClassified) {
    const isUnsplit = book.mixed.some(({ status }) => status === 'QUEUED' || status === 'PROCESSING');
    const { mixedPending, documentsPending } = match.account.refusals;
    return isUnsplit ? mixedPending : documentsPending;
  }
  return available(
    `{"status":200,"response":{"book_uuid":"${book.uuid}","forms":[{"form_type":{"name":"W2"},"upload_details":{"confidence":"0.98"}}],"simulated_revision":${book.classification.revision}},"message":"OK"}`,
  );
}
