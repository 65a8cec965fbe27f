import type { Kind } from '../../ocrolus/profile.ts';

/**
 * What each event announces, written from docs/ocrolus.md#event-names and #event-fields, and not taken from the
 * product's catalog: an event that the catalog maps wrongly must not be wrong here, too.
 */
export interface Announcement {
  readonly kinds: readonly Kind[];
  /** `documents`: each document of the book. `request`: the one that the body names, else the book. */
  readonly of: 'document' | 'documents' | 'image-group' | 'book' | 'request' | 'business';
  /** The result may be new although one is stored. Else the event sums up what others have announced one by one. */
  readonly isNew: boolean;
}

const CAPTURE = ['forms', 'transactions'] as const;
const ANALYTICS = ['summary', 'cash-flow', 'enriched-transactions', 'risk-score', 'workbook'] as const;
const INCOME = ['income', 'bank-statement-income'] as const;

const document: Announcement = { kinds: CAPTURE, of: 'document', isNew: true };
const imageGroup: Announcement = { kinds: CAPTURE, of: 'image-group', isNew: true };
const allDocuments: Announcement = { kinds: CAPTURE, of: 'documents', isNew: false };
const request: Announcement = { kinds: ['analytics'], of: 'request', isNew: true };
const documentSignals: Announcement = { kinds: ['signals'], of: 'document', isNew: true };
const ofBook = (...kinds: Kind[]): Announcement => ({ kinds, of: 'book', isNew: true });

const BY_EVENT: Readonly<Record<string, Announcement>> = {
  BOOK_VERIFIED: allDocuments,
  'book.verified': allDocuments,
  DOC_VERIFIED: document,
  'document.verification_succeeded': document,
  'document.verification_failed': document,
  IMAGE_GROUP_VERIFIED: imageGroup,
  'image_group.verification_succeeded': imageGroup,
  'image_group.verification_failed': imageGroup,
  ANALYTICS_COMPLETED: request,
  'book.analytics_completed': request,
  MIDDESK_VERIFIED: { kinds: ['business'], of: 'business', isNew: true },
  SUSPICIOUS_ACTIVITY: ofBook('suspicious-activity'),
  'document.detect.signal_found': documentSignals,
  'document.detect.signal_not_found': documentSignals,
  'document.detect.unable_to_process': documentSignals,
  'book.detect.signal_found': ofBook('signals'),
  'book.detect.signal_not_found': ofBook('signals'),
  'document.classification_succeeded': ofBook('classification'),
  'document.classification_failed': ofBook('classification'),
  'book.classified': ofBook('classification'),
  'book.analytics_v2.generated': ofBook(...ANALYTICS),
  'book.analytics_v2.completed': ofBook(...ANALYTICS),
  'book.pacing.discrepancies_found': ofBook(...ANALYTICS),
  'book.pacing.discrepancies_not_found': ofBook(...ANALYTICS),
  'book.income.generated': ofBook(...INCOME),
  'book.income.updated': ofBook(...INCOME),
};

/** What the `tasks` of `book.completed` stand for. */
const BY_TASK: Readonly<Record<string, Announcement>> = {
  CAPTURE: allDocuments,
  ANALYTICS: { kinds: ANALYTICS, of: 'book', isNew: false },
  DETECT: { kinds: ['signals'], of: 'book', isNew: false },
  INCOME: { kinds: INCOME, of: 'book', isNew: false },
};

/** What a delivery announces. @param body as it was sent. */
export function announcementsOf(eventName: string, body: string): readonly Announcement[] {
  if (eventName !== 'book.completed') {
    const found = BY_EVENT[eventName];
    return found === undefined ? [] : [found];
  }
  const tasks = /"tasks":\[([^\]]*)\]/.exec(body)?.[1] ?? '"CAPTURE"';
  return tasks.split(',').flatMap((task) => BY_TASK[task.replaceAll('"', '')] ?? []);
}

/** Whether an event says that a book is verified: also after one of its documents was corrected. */
export function isBookVerified(eventName: string): boolean {
  return eventName === 'BOOK_VERIFIED' || eventName === 'book.verified';
}

/** The request or business that a body names. */
export function namedId(of: Announcement['of'], body: string): string | undefined {
  const key = of === 'request' ? 'analytics_request_id' : 'business_uuid';
  return new RegExp(`"${key}":"([^"]+)"`).exec(body)?.[1];
}

/** Nothing of a book or document follows from them: a book of the organization's events may belong to another one. */
export function isOnlyRecorded(eventName: string): boolean {
  return /^(book\.copy\.|network\.|analytics\.config_updated|document\.upload_failed)/.test(eventName);
}
