import * as z from 'zod';
import { parseJsonKeepingDigits } from '../events/json.ts';
import type { BookObservation, ObservedDocument } from '../events/observation.ts';
import { normalisePk, normaliseUuid } from '../events/read-ids.ts';
import { BOOK_VERIFIED, hasResults } from '../events/statuses.ts';
import { Failure } from '../failure.ts';
import type { BookRef } from './calls.ts';
import type { Answer } from './client.ts';
import { text } from './lenient-fields.ts';

const id = z.union([z.string(), z.number()]).optional().catch(undefined);

/** The attributes that are used. The vendor's examples are right, its schema is not (docs/ocrolus.md#book-status). */
const Document = z.looseObject({
  uuid: id,
  pk: id,
  name: text,
  status: text,
  document_class: text,
  rejection_reason: text,
  rejection_reason_description: text,
  pages: z.int().optional().catch(undefined),
  image_group_pk: id,
  mixed_uploaded_doc_pk: id,
});

/** An entry that is no object is left out, instead of the whole list. */
const documents = z.array(Document.nullable().catch(null));

const BookStatus = z.looseObject({
  response: z.looseObject({
    uuid: text,
    book_uuid: text,
    pk: id,
    name: text,
    book_status: z.string(),
    book_class: text,
    // `null`: an unreadable list.
    docs: documents.nullable().default(null).catch(null),
    // Absent from a book without mixed documents (docs/ocrolus.md#book-status).
    mixed_docs: z.preprocess((list) => list ?? [], documents.nullable().catch(null)),
  }),
});

/** Status of a book whose analytics are done, besides `VERIFIED` (docs/ocrolus.md#book-statuses). */
const BOOK_COMPLETE = 'BOOK_COMPLETE';

/** Replaces a status that Ocrolus left out; not a word of the vendor. */
const UNKNOWN_STATUS = 'UNKNOWN';

/**
 * Reads an answer of Book status.
 *
 * @param asked the requested book; its uuid is kept, whatever spelling the answer has.
 * @throws Failure `retry` when the answer has another shape.
 */
export function readBookStatus(answer: Pick<Answer, 'body' | 'askedAt'>, asked: BookRef): BookObservation {
  const parsed = BookStatus.safeParse(parseJsonKeepingDigits(answer.body.toString('utf8')));
  const response = parsed.data?.response;
  const bookUuid =
    'bookUuid' in asked ? asked.bookUuid : normaliseUuid(response?.uuid ?? response?.book_uuid);
  if (response === undefined || bookUuid === undefined) throw new Failure('retry', 'book-status-shape');
  const { name, book_status: status, book_class: bookClass, docs, mixed_docs: mixedDocs } = response;
  const documents = readDocuments(docs ?? [], false);
  const allMixed = readDocuments(mixedDocs ?? [], true);
  // An unreadable entry may be a document whose results are missing.
  const isPartial = !(isReadable(docs, documents) && isReadable(mixedDocs, allMixed));
  const bookPk = normalisePk(response.pk);
  return {
    observedAt: answer.askedAt,
    bookUuid,
    ...(bookPk !== undefined && { bookPk }),
    ...(name !== undefined && { name }),
    ...(bookClass !== undefined && { bookClass }),
    status: status === BOOK_COMPLETE ? BOOK_VERIFIED : status,
    documents: withoutCopies([...documents, ...allMixed]),
    ...(isPartial && { isPartial }),
  };
}

/** Keeps each document once. If it is listed twice, the entry with results counts, else the first. */
function withoutCopies(documents: readonly ObservedDocument[]): ObservedDocument[] {
  const byUuid = new Map<string, ObservedDocument>();
  for (const document of documents) {
    const known = byUuid.get(document.docUuid);
    const isBetter = known?.mixed !== true && hasResults(document.status) && !hasResults(known?.status ?? '');
    if (known === undefined || (isBetter && document.mixed !== true)) byUuid.set(document.docUuid, document);
  }
  return [...byUuid.values()];
}

type Entry = z.infer<typeof Document> | null;

/** True if each entry has a status, and an id that distinguishes it from the others. */
function isReadable(docs: readonly Entry[] | null, read: readonly ObservedDocument[]): boolean {
  return docs?.length === read.length && docs.every((doc) => doc?.status !== undefined);
}

function readDocuments(docs: readonly Entry[], mixed: boolean): ObservedDocument[] {
  return docs.flatMap((doc) => (doc === null ? [] : readDocument(doc, mixed)));
}

/** @returns nothing for an entry without an id, which cannot be distinguished from others. */
function readDocument(doc: z.infer<typeof Document>, mixed: boolean): ObservedDocument[] {
  const docPk = normalisePk(doc.pk);
  const docUuid = normaliseUuid(doc.uuid) ?? (docPk === undefined ? undefined : `pk-${docPk}`);
  if (docUuid === undefined) return [];
  const imageGroupPk = normalisePk(doc.image_group_pk);
  const mixedDocPk = normalisePk(doc.mixed_uploaded_doc_pk);
  const description = doc.rejection_reason_description;
  const document: ObservedDocument = {
    docUuid,
    ...(docPk !== undefined && { docPk }),
    ...(doc.name !== undefined && { name: doc.name }),
    status: doc.status ?? UNKNOWN_STATUS,
    ...(doc.document_class !== undefined && { documentClass: doc.document_class }),
    ...(doc.rejection_reason !== undefined && { rejectionReason: doc.rejection_reason }),
    ...(description !== undefined && { rejectionReasonDescription: description }),
    ...(doc.pages !== undefined && { pages: doc.pages }),
    ...(imageGroupPk !== undefined && { imageGroupPk }),
    ...(mixedDocPk !== undefined && { mixedDocPk }),
    ...(mixed && { mixed }),
  };
  return [document];
}

/** Only the attributes that no other call returns; the answer also has bank accounts (docs/ocrolus.md#book-info). */
const BookInfo = z.looseObject({ response: z.looseObject({ xid: text, book_type: text }) });

/** Reads an answer of Book info. Missing attributes, and those of another type, are left out. */
export function readBookInfo({ json }: Pick<Answer, 'json'>) {
  const { xid, book_type: bookType } = BookInfo.safeParse(json).data?.response ?? {};
  return { ...(xid !== undefined && { xid }), ...(bookType !== undefined && { bookType }) };
}
