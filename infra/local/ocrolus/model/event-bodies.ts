import type { AnalyticsRequest, Book, Business, Document, ImageGroup, Mixed } from './book.ts';
import { integer } from './reply.ts';

export interface About {
  readonly book: Book;
  readonly document?: Document | undefined;
  readonly mixed?: Mixed | undefined;
  readonly imageGroup?: ImageGroup | undefined;
  readonly request?: AnalyticsRequest | undefined;
  readonly business?: Business | undefined;
  readonly tasks?: readonly string[];
}

/** For `JSON.stringify`, which leaves out what is undefined. */
export type EventBody = Readonly<Record<string, unknown>>;

type Fields = (about: About) => EventBody;
type Text = string | ((about: About) => string | undefined);
type Row = readonly [reason: Text, fields?: Fields | undefined, severity?: 'LOW' | 'MODERATE' | 'HIGH'];

const textOf = (text: Text, about: About) => (typeof text === 'string' ? text : text(about));

const withStatus =
  (status: Text, ...parts: readonly Fields[]): Fields =>
  (about) => ({ status: textOf(status, about), ...Object.assign({}, ...parts.map((part) => part(about))) });

const mixedIds: Fields = ({ mixed, document }) => ({
  mixed_uploaded_doc_pk: integer((mixed ?? document?.mixed)?.pk),
  mixed_uploaded_doc_uuid: (mixed ?? document?.mixed)?.uuid ?? null,
});
const uploadIds: Fields = (about) =>
  about.mixed !== undefined && about.document === undefined
    ? mixedIds(about)
    : { uploaded_doc_pk: integer(about.document?.pk), uploaded_doc_uuid: about.document?.uuid ?? null };
const documentIds: Fields = ({ book, document }) => ({
  doc_uuid: document?.docUuid,
  ...uploadIds({ book, document }),
  ...mixedIds({ book, document }),
});
const groupIds: Fields = ({ document, imageGroup = document?.imageGroup }) => ({
  uploaded_image_group_pk: integer(imageGroup?.pk),
  uploaded_image_group_uuid: imageGroup?.uuid ?? null,
});
const uploadedDocs =
  (statusOf: (document: Document) => string): Fields =>
  ({ book }) => ({
    uploaded_docs: book.documents
      .filter(({ isListed }) => isListed)
      .map((document) => ({ uuid: document.uuid, status: statusOf(document) })),
  });

const ORG_UUID = '00000000-0000-4000-8000-00000000000a';
const COPY_JOB_UUID = '00000000-0000-4000-8000-00000000000b';
const copyJob: Fields = ({ book: { name } }) => ({
  job_id: COPY_JOB_UUID,
  org_uuid: ORG_UUID,
  shared_book_label: name,
});

const statusOf: Text = ({ document }) => document?.status;
const rejectionOf = ({ book, imageGroup }: About) =>
  book.documents.find((one) => one.imageGroup === imageGroup && one.status === 'REJECTED')?.rejectionReason;

/** The current envelope: the reason, and what there is besides the ids of the book (docs/ocrolus.md#event-fields). */
const DOTTED: Readonly<Record<string, Row>> = {
  'document.upload_succeeded': ['Document upload succeeded', uploadIds],
  'document.upload_failed': [
    'statement.pdf is not a valid pdf',
    () => ({ uploaded_doc_pk: null, uploaded_doc_uuid: null, uploaded_doc_name: 'statement.pdf' }),
    'HIGH',
  ],
  'document.classification_succeeded': ['Document classified', withStatus('CLASSIFIED', documentIds)],
  'document.classification_failed': [
    'Document classification failed',
    withStatus(({ document }) => (document?.outcome === 'FAILED' ? 'FAILED' : 'REJECTED'), documentIds),
    'HIGH',
  ],
  'document.verification_succeeded': ['Document verified', withStatus(statusOf, documentIds, groupIds)],
  'document.verification_failed': [
    ({ document }) => `Document rejected: ${document?.rejectionReason}`,
    withStatus(statusOf, documentIds, groupIds),
    'HIGH',
  ],
  'mixed_document.rejected': [
    'Mixed document rejected: INVALID DOCUMENT',
    withStatus('REJECTED', mixedIds),
    'HIGH',
  ],
  'image_group.upload_succeeded': ['Image group upload succeeded', withStatus('QUEUED', groupIds)],
  'image_group.upload_failed': ['front.png is not a valid Image', withStatus('FAILED', groupIds), 'HIGH'],
  'image_group.verification_succeeded': [
    'Image group verified',
    withStatus('VERIFICATION_COMPLETE', groupIds),
  ],
  'image_group.verification_failed': [
    (about) => `Image group rejected: ${rejectionOf(about)}`,
    withStatus('REJECTED', groupIds),
    'HIGH',
  ],
  'plaid.upload_succeeded': ['Plaid upload succeeded', uploadIds],
  'plaid.upload_failed': ['Plaid pull failed.', undefined, 'HIGH'],
  'book.classified': ['Book is classified', uploadedDocs(() => 'CLASSIFIED')],
  // The documented body has neither `book_pk` nor `status`, and says COMPLETED of verified documents.
  'book.verified': [
    'Book is verified',
    (about) => ({ book_pk: undefined, ...uploadedDocs(wordOfVerified)(about) }),
    'MODERATE',
  ],
  'book.completed': [
    ({ tasks = [] }) => `Completed tasks: ${tasks.join(', ')}`,
    withStatus(
      'BOOK_COMPLETE',
      ({ book, tasks }) => ({ book_name: book.name, tasks }),
      uploadedDocs(({ status }) => status),
    ),
    'MODERATE',
  ],
  'book.analytics_v2.generated': ['Book analytics generated'],
  'book.analytics_v2.completed': ['Book analytics completed'],
  'book.analytics_completed': [
    'Asynchronous analytics completed',
    ({ request }) => ({ analytics_request_id: request?.id }),
  ],
  'book.pacing.discrepancies_found': [
    'Discrepancies found between Plaid and statement transactions',
    undefined,
    'MODERATE',
  ],
  'book.pacing.discrepancies_not_found': ['No discrepancies found between Plaid and statement transactions'],
  'book.detect.signal_found': ['Signals found for book', undefined, 'MODERATE'],
  'book.detect.signal_not_found': ['No signals found for book'],
  'book.income.generated': ['Income calculation generated'],
  'book.income.updated': ['Income calculation updated'],
  'book.copy.request_received': ['New book shared with you', withStatus('AWAITING_RECIPIENT', copyJob)],
  'book.copy.request_accepted': ['Book copy request accepted', withStatus('IN_PROGRESS', copyJob)],
  'book.copy.request_rejected': ['Book copy request rejected', withStatus('REJECTED', copyJob)],
  'book.copy.docs_added': ['Additional documents shared', withStatus('IN_PROGRESS', copyJob)],
  'book.copy.kickout_evaluated': ['Kick-out evaluation complete', withStatus('REJECTED', copyJob)],
  'network.book.created': ['New application submitted for a monitored borrower'],
  'network.book.funded': ['Monitored borrower has been funded'],
  // About the whole organization.
  'analytics.config_updated': [
    'Analytics configuration updated',
    () => ({ book_pk: undefined, book_uuid: undefined, org_uuid: ORG_UUID }),
  ],
};

function wordOfVerified({ status }: Document): string {
  return status === 'VERIFICATION_COMPLETE' ? 'COMPLETED' : status;
}

/** The same in all vocabularies, and without a severity. */
const DETECT: Readonly<Record<string, string>> = {
  'document.detect.signal_found': 'Detect signals found in document',
  'document.detect.signal_not_found': 'No detect signals found in document',
  'document.detect.unable_to_process': 'Document could not be processed by Detect: unsupported document type',
  'document.detect_succeeded': 'Detect succeeded',
  'document.detect_failed': 'Detect failed',
};

/** The legacy envelope: `event`, `status`, ids. */
const LEGACY: Readonly<Record<string, Fields>> = {
  DOC_VERIFIED: withStatus(statusOf, uploadIds),
  IMAGE_GROUP_VERIFIED: withStatus(
    ({ imageGroup }) => (imageGroup?.isRejected === true ? 'REJECTED' : 'VERIFICATION_COMPLETE'),
    groupIds,
  ),
  BOOK_VERIFIED: withStatus('BOOK_COMPLETE'),
  ANALYTICS_COMPLETED: withStatus('COMPLETED', ({ request }) => ({ analytics_request_id: request?.id })),
  MIDDESK_VERIFIED: withStatus('COMPLETED', ({ business }) => ({ business_uuid: business?.uuid })),
  SUSPICIOUS_ACTIVITY: withStatus('COMPLETED'),
};

export const EVENT_NAMES: readonly string[] = [DOTTED, DETECT, LEGACY].flatMap(Object.keys);

/** The body of an event with everything that Ocrolus puts into it. @throws Error for an unknown name. */
export function bodyOf(eventName: string, about: About): EventBody {
  const { book, document } = about;
  const ids = { book_pk: integer(book.pk), book_uuid: book.uuid };
  const legacy = LEGACY[eventName];
  if (legacy !== undefined) return { event: eventName, status: undefined, ...ids, ...legacy(about) };
  const detected = DETECT[eventName];
  if (detected !== undefined)
    return {
      event_name: eventName,
      // The only status that it is documented with; the document may have been rejected.
      status: 'VERIFICATION_COMPLETE',
      ...ids,
      book_name: book.name,
      ...uploadIds({ book, document }),
      uploaded_doc_name: document?.name,
      notification_type: 'STATUS',
      is_cloud_compliant: true,
      notification_reason: detected,
    };
  const row = DOTTED[eventName];
  if (row === undefined) throw new Error(`no event ${eventName}`);
  const [reason, fields, severity = 'LOW'] = row;
  return {
    event_name: eventName,
    severity,
    notification_type: severity === 'HIGH' ? 'ISSUE' : 'STATUS',
    notification_reason: textOf(reason, about),
    ...ids,
    ...fields?.(about),
  };
}
