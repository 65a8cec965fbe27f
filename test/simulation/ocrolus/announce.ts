import type { AnalyticsRequest, Book, Business, Document, ImageGroup, Mixed } from './book.ts';
import { detectEvent, legacyEvent, organizationEvent, uploadedDocs, uploadIds } from './events.ts';
import type { ModelContext } from './model-context.ts';

/*
 * What Ocrolus announces, in the words of the account: upper-case names, dotted names, or both where a name has no
 * twin (docs/ocrolus.md#event-names). What a vocabulary has no word for is not announced.
 */

const speaksDotted = ({ account }: Book) => account.profile.vocabulary !== 'legacy';
const isOrganization = ({ account }: Book) => account.profile.vocabulary === 'organization';

export function documentUploaded(context: ModelContext, document: Document): void {
  const { book, pk, uuid } = document;
  if (!speaksDotted(book)) return;
  const ids = `,"uploaded_doc_pk":${pk},"uploaded_doc_uuid":"${uuid}"`;
  organizationEvent(context, book, {
    eventName: 'document.upload_succeeded',
    reason: 'Document upload succeeded',
    more: ids,
    subject: uuid,
  });
}

export function mixedUploaded(context: ModelContext, book: Book, { pk, uuid }: Mixed): void {
  if (!speaksDotted(book)) return;
  const ids = `,"mixed_uploaded_doc_pk":${pk},"mixed_uploaded_doc_uuid":"${uuid}"`;
  organizationEvent(context, book, {
    eventName: 'document.upload_succeeded',
    reason: 'Document upload succeeded',
    more: ids,
    subject: uuid,
  });
}

export function mixedRejected(context: ModelContext, book: Book, { pk, uuid }: Mixed): void {
  if (!speaksDotted(book)) return;
  const ids = `,"status":"REJECTED","mixed_uploaded_doc_pk":${pk},"mixed_uploaded_doc_uuid":"${uuid}"`;
  const reason = 'Mixed document rejected: INVALID DOCUMENT';
  organizationEvent(context, book, {
    eventName: 'mixed_document.rejected',
    reason,
    more: ids,
    subject: uuid,
    kind: 'ISSUE',
  });
}

export function documentClassified(context: ModelContext, document: Document, succeeded: boolean): void {
  const { book, uuid } = document;
  if (!speaksDotted(book)) return;
  const ids = uploadIds(document);
  if (succeeded) {
    const more = `,"status":"CLASSIFIED"${ids}`;
    organizationEvent(context, book, {
      eventName: 'document.classification_succeeded',
      reason: 'Document classified',
      more,
      subject: uuid,
    });
  } else {
    const more = `,"status":"FAILED"${ids}`;
    organizationEvent(context, book, {
      eventName: 'document.classification_failed',
      reason: 'Not classified',
      more,
      subject: uuid,
      kind: 'ISSUE',
    });
  }
}

export function bookClassified(context: ModelContext, book: Book): void {
  if (!speaksDotted(book)) return;
  const docs = book.documents.length > 100 ? '' : uploadedDocs(book, () => 'CLASSIFIED');
  organizationEvent(context, book, {
    eventName: 'book.classified',
    reason: 'Book is classified',
    more: docs,
  });
}

export function documentEnded(context: ModelContext, document: Document): void {
  const { book, uuid, pk, status, rejectionReason } = document;
  const { random } = book;
  const failed = status === 'REJECTED' || status === 'FAILED';
  if (!isOrganization(book)) {
    const both = `,"uploaded_doc_pk":${pk},"uploaded_doc_uuid":"${uuid}"`;
    const ids = random.chance(0.1) ? `,"uploaded_doc_pk":${pk}` : both;
    legacyEvent(context, book, { eventName: 'DOC_VERIFIED', status, more: ids, subject: uuid });
    return;
  }
  if (failed) {
    const more = `,"status":"${status}"${uploadIds(document)}`;
    const reason = `Document rejected: ${rejectionReason}`;
    organizationEvent(context, book, {
      eventName: 'document.verification_failed',
      reason,
      more,
      subject: uuid,
      kind: 'ISSUE',
    });
    return;
  }
  // The short shape has no status, and one id for both (test/fixtures/events/_variants).
  const isShort = random.chance(0.3);
  const more = isShort
    ? `,"doc_uuid":"${uuid}","uploaded_doc_pk":${pk},"uploaded_doc_uuid":"${uuid}"`
    : `,"status":"${status}"${uploadIds(document)}`;
  organizationEvent(context, book, {
    eventName: 'document.verification_succeeded',
    reason: 'Document verified',
    more,
    subject: uuid,
  });
}

export function imageGroupEnded(context: ModelContext, book: Book, group: ImageGroup): void {
  const ids = `,"uploaded_image_group_pk":${group.pk},"uploaded_image_group_uuid":"${group.uuid}"`;
  const status = group.rejected ? 'REJECTED' : 'VERIFICATION_COMPLETE';
  if (!isOrganization(book)) {
    legacyEvent(context, book, { eventName: 'IMAGE_GROUP_VERIFIED', status, more: ids, subject: group.uuid });
    return;
  }
  const name = group.rejected ? 'image_group.verification_failed' : 'image_group.verification_succeeded';
  const kind = group.rejected ? 'ISSUE' : 'LOW';
  organizationEvent(context, book, {
    eventName: name,
    reason: 'Image group ended',
    more: `,"status":"${status}"${ids}`,
    subject: group.uuid,
    kind,
  });
}

export function bookVerified(context: ModelContext, book: Book): void {
  if (!isOrganization(book)) {
    legacyEvent(context, book, { eventName: 'BOOK_VERIFIED', status: 'BOOK_COMPLETE' });
    return;
  }
  const docs = uploadedDocs(book, ({ status }) =>
    status === 'VERIFICATION_COMPLETE' ? 'COMPLETED' : status,
  );
  organizationEvent(context, book, {
    eventName: 'book.verified',
    reason: 'Book is verified',
    more: docs,
    kind: 'MODERATE',
  });
}

export function analyticsGenerated(context: ModelContext, book: Book): void {
  if (!speaksDotted(book)) return;
  const isOdd = book.random.chance(0.05);
  const name = isOdd ? 'book.analytics_v2.completed' : 'book.analytics_v2.generated';
  organizationEvent(context, book, { eventName: name, reason: 'Book analytics generated' });
}

export function discrepanciesCompared(context: ModelContext, book: Book): void {
  const word = book.random.chance(0.5) ? 'found' : 'not_found';
  organizationEvent(context, book, {
    eventName: `book.pacing.discrepancies_${word}`,
    reason: 'Compared with Plaid',
  });
}

export function documentDetected(context: ModelContext, document: Document): void {
  if (document.book.account.disabled.has('signals')) return;
  const { detectFate, detect } = document;
  if (detect !== 'COMPLETED') detectEvent(context, document, 'unable');
  else detectEvent(context, document, detectFate === 'found' ? 'found' : 'not_found');
}

export function bookDetected(context: ModelContext, book: Book): void {
  if (!speaksDotted(book) || book.account.disabled.has('signals')) return;
  const isFound = book.documents.some(
    ({ detectFate, detect }) => detect === 'COMPLETED' && detectFate === 'found',
  );
  const name = isFound ? 'book.detect.signal_found' : 'book.detect.signal_not_found';
  organizationEvent(context, book, {
    eventName: name,
    reason: 'Detect ended',
    kind: isFound ? 'MODERATE' : 'LOW',
  });
}

export function incomeCalculated(context: ModelContext, book: Book): void {
  if (!speaksDotted(book) || book.account.disabled.has('income')) return;
  const name = book.income.revision === 1 ? 'book.income.generated' : 'book.income.updated';
  organizationEvent(context, book, { eventName: name, reason: 'Income calculated' });
}

/** The event carries the id of the request more often than not. */
export function requestCompleted(context: ModelContext, { book, id }: AnalyticsRequest): void {
  const more = book.random.chance(0.7) ? `,"analytics_request_id":"${id}"` : '';
  if (!isOrganization(book)) {
    legacyEvent(context, book, { eventName: 'ANALYTICS_COMPLETED', status: 'COMPLETED', more, subject: id });
    return;
  }
  organizationEvent(context, book, {
    eventName: 'book.analytics_completed',
    reason: 'Analytics completed',
    more,
    subject: id,
  });
}

/** The organization level has no word for it. */
export function businessVerified(context: ModelContext, book: Book, { uuid }: Business): void {
  if (isOrganization(book)) return;
  const more = book.random.chance(0.9) ? `,"business_uuid":"${uuid}"` : '';
  legacyEvent(context, book, { eventName: 'MIDDESK_VERIFIED', status: 'COMPLETED', more, subject: uuid });
}

export function suspiciousActivity(context: ModelContext, book: Book): void {
  if (!isOrganization(book))
    legacyEvent(context, book, { eventName: 'SUSPICIOUS_ACTIVITY', status: 'COMPLETED' });
}

/** @param tasks for example `ANALYTICS` and `CAPTURE`. */
export function bookCompleted(context: ModelContext, book: Book, tasks: readonly string[]): void {
  if (!speaksDotted(book)) return;
  const names = tasks.map((task) => `"${task}"`).join(',');
  const more = `,"status":"BOOK_COMPLETE","book_name":"${book.name}","tasks":[${names}]${uploadedDocs(book, ({ status }) => status)}`;
  organizationEvent(context, book, {
    eventName: 'book.completed',
    reason: `Completed tasks: ${tasks.join(', ')}`,
    more,
    kind: 'MODERATE',
  });
}
