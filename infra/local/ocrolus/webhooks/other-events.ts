import type { Book } from '../state/book.ts';
import { imageGroups, mixedDocuments } from '../state/book.ts';
import { integerOrNull } from '../state/json.ts';
import { documentIds, ISSUE, news } from './organization-events.ts';

type Fields = Readonly<Record<string, unknown>>;
type OtherEvent = readonly [reason: string, fields: (book: Book) => Fields];

const plain = () => ({});
const moderate = () => ({ severity: 'MODERATE' });

/**
 * Events that nothing in the simulated life of a book leads to: what they are about is the book's first document, image
 * group, mixed document or copy job. Shapes: `test/fixtures/events`.
 */
export const OTHER_EVENTS = {
  'document.upload_failed': [
    'statement.pdf is not a valid pdf',
    () => ({ uploaded_doc_pk: null, uploaded_doc_uuid: null, uploaded_doc_name: 'statement.pdf', ...ISSUE }),
  ],
  'document.classification_failed': [
    'Document classification failed',
    ({ documents: [first] }) => ({
      status: 'REJECTED',
      ...(first !== undefined && documentIds(first)),
      ...ISSUE,
    }),
  ],
  'mixed_document.rejected': ['Mixed document rejected: INVALID DOCUMENT', mixed],
  'image_group.upload_succeeded': ['Image group upload succeeded', (book) => imageGroup(book, 'QUEUED')],
  'image_group.upload_failed': [
    'front.png is not a valid Image',
    (book) => ({ ...imageGroup(book, 'FAILED'), ...ISSUE }),
  ],
  'plaid.upload_succeeded': [
    'Plaid upload succeeded',
    ({ documents: [first] }) => ({
      uploaded_doc_pk: integerOrNull(first?.pk),
      uploaded_doc_uuid: first?.uuid ?? null,
    }),
  ],
  'plaid.upload_failed': ['Plaid pull failed.', () => ISSUE],
  'book.analytics_v2.completed': ['Book analytics completed', plain],
  'book.pacing.discrepancies_found': [
    'Discrepancies found between Plaid and statement transactions',
    moderate,
  ],
  'book.pacing.discrepancies_not_found': [
    'No discrepancies found between Plaid and statement transactions',
    plain,
  ],
  'book.copy.request_received': ['New book shared with you', (book) => copy(book, 'AWAITING_RECIPIENT')],
  'book.copy.request_accepted': ['Book copy request accepted', (book) => copy(book, 'IN_PROGRESS')],
  'book.copy.request_rejected': ['Book copy request rejected', (book) => copy(book, 'REJECTED')],
  'book.copy.docs_added': ['Additional documents shared', (book) => copy(book, 'IN_PROGRESS')],
  'book.copy.kickout_evaluated': ['Kick-out evaluation complete', (book) => copy(book, 'REJECTED')],
  'network.book.created': ['New application submitted for a monitored borrower', plain],
  'network.book.funded': ['Monitored borrower has been funded', plain],
  'analytics.config_updated': ['Analytics configuration updated', plain],
} as const satisfies Readonly<Record<string, OtherEvent>>;

export type OtherEventName = keyof typeof OTHER_EVENTS;

/** The organization's own: an event about all its books names it. */
const ORG_UUID = '00000000-0000-4000-8000-00000000000a';

export function otherEvent(book: Book, eventName: OtherEventName): Fields {
  const [reason, fields] = OTHER_EVENTS[eventName];
  const { body } = news(eventName, book, reason, fields(book));
  if (eventName !== 'analytics.config_updated') return body;
  const { book_pk: _pk, book_uuid: _uuid, ...rest } = body;
  return { ...rest, org_uuid: ORG_UUID };
}

function imageGroup(book: Book, status: string): Fields {
  const [group] = imageGroups(book);
  return {
    status,
    uploaded_image_group_pk: integerOrNull(group?.pk),
    uploaded_image_group_uuid: group?.uuid ?? null,
  };
}

function mixed(book: Book): Fields {
  const [first] = mixedDocuments(book);
  return {
    status: 'REJECTED',
    mixed_uploaded_doc_pk: integerOrNull(first?.pk),
    mixed_uploaded_doc_uuid: first?.uuid ?? null,
    ...ISSUE,
  };
}

function copy({ copyJobs: [job] }: Book, status: string): Fields {
  return {
    status,
    job_id: job?.id ?? null,
    org_uuid: job?.orgUuid ?? null,
    shared_book_label: job?.label ?? null,
  };
}
