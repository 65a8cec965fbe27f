import { createHash } from 'node:crypto';
import type { Available, PlayedBook, PlayedDocument, Refusal } from './played-book.ts';

/** What a body is about. */
interface BodySubject {
  readonly kind: string;
  /** The uuid of the book or document, or the id of a request or business. */
  readonly subject: string;
  readonly bookUuid: string;
}

/** The body of a result, other than signals and enriched transactions. Every name and number in it is invented. */
export function resultBody(about: BodySubject, answer: Available): string {
  return JSON.stringify(bodyOf(about, answer));
}

function bodyOf({ kind, subject, bookUuid }: BodySubject, answer: Available): unknown {
  const { revision, state } = answer;
  const more = { revision, ...(answer.bytes !== undefined && { scan: noise(subject, answer.bytes) }) };
  const v1 = (response: unknown) => ({ status: 200, message: 'OK', response, ...more });
  const balance = { average_daily_balance: '15.36' };
  switch (kind) {
    case 'forms':
      return v1({ uuid: subject, forms: [] });
    case 'transactions':
      return v1({ txns: [{ amount: '-12.50', txn_date: '01/09/2026' }] });
    case 'paystubs':
      return v1([]);
    case 'summary':
      return { book_uuid: bookUuid, number_of_docs_processed: 1, ...more };
    case 'cash-flow':
      return { book_uuid: bookUuid, num_of_months: 3, ...more };
    case 'income':
      return { incomes: [], ...more };
    case 'suspicious-activity':
      return v1({ suspicious_activity_results: [] });
    case 'business': {
      const middesk_response = { status: state ?? 'approved' };
      return { book_uuid: bookUuid, business_uuid: subject, middesk_response, ...more };
    }
    case 'analytics': {
      if (subject === bookUuid) return v1(balance);
      const analytics = state === undefined ? balance : null;
      return v1({ [subject]: { analytics_status: state ?? 'COMPLETED', analytics } });
    }
    default:
      return v1({ book_uuid: bookUuid });
  }
}

/** Ocrolus may give fewer rows than were asked for; as many as this project asks for unless the script says otherwise. */
const MAX_PAGE_ROWS = 500;

/** A page of enriched transactions: rows are counted from the latest. */
export function enrichedBody(
  bookUuid: string,
  { revision, rows = 1, pageRows = MAX_PAGE_ROWS }: Available,
  offset = 0,
): string {
  const count = Math.max(0, Math.min(pageRows, rows - offset));
  const enriched_transactions = Array.from({ length: count }, (_, n) => ({
    txn_pk: 4000 + rows - offset - n,
    amount: -12.5,
  }));
  return JSON.stringify({
    book_uuid: bookUuid,
    total: rows,
    offset,
    limit: pageRows,
    enriched_transactions,
    revision,
  });
}

/** What Detect says of some documents of a book. */
export function signalsBody(
  bookUuid: string,
  documents: readonly Pick<PlayedDocument, 'uuid' | 'detect'>[],
  revision = 1,
): string {
  const doc_analysis = documents
    .filter(({ detect }) => detect !== undefined)
    .map(({ uuid, detect }) => ({ uploaded_doc_uuid: uuid, detect_status: detect, form_analysis: [] }));
  return JSON.stringify({ book_uuid: bookUuid, doc_analysis, revision });
}

export function statusBody(book: PlayedBook): string {
  const shown = (document: PlayedDocument) => ({
    uuid: document.uuid,
    pk: Number(document.pk),
    name: `${document.uuid}.pdf`,
    status: document.status,
    ...(document.rejectionReason !== undefined && { rejection_reason: document.rejectionReason }),
    ...(document.imageGroupPk !== undefined && { image_group_pk: Number(document.imageGroupPk) }),
    ...(document.mixedPk !== undefined && { mixed_uploaded_doc_pk: Number(document.mixedPk) }),
  });
  const { uuid, pk, name = `Application ${uuid}`, bookClass = 'COMPLETE', status, mixed = [] } = book;
  const response = {
    uuid,
    pk: Number(pk),
    name,
    book_status: status,
    book_class: bookClass,
    docs: book.documents.map(shown),
    mixed_docs: mixed.map(shown),
  };
  return JSON.stringify({ status: 200, message: 'OK', response });
}

export function errorBody({ status, code }: Refusal): string {
  return JSON.stringify({ status, ...(code !== undefined && { code }), message: 'refused' });
}

/** Text that does not compress, the same for the same seed. */
function noise(seed: string, bytes: number): string {
  let text = '';
  for (let n = 0; text.length < bytes; n += 1)
    text += createHash('sha256').update(`${seed} ${n}`).digest('base64');
  return text.slice(0, bytes);
}
