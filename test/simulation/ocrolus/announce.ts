import type {
  AnalyticsRequest,
  Book,
  Business,
  Document,
  ImageGroup,
  Mixed,
} from '../../../infra/local/ocrolus/model/book.ts';
import type { Moment } from '../../../infra/local/ocrolus/model/moments.ts';
import { detectEvent, legacyEvent, organizationEvent, uploadedDocs, uploadIds } from './events.ts';
import type { BookScript } from './script.ts';

/*
 * What Ocrolus announces, in the words of the account: upper-case names, dotted names, or both where a name has no
 * twin (docs/ocrolus.md#event-names). What a vocabulary has no word for is not announced.
 */

const speaksDotted = ({ account }: Book) => account.habits.vocabulary !== 'legacy';
const isOrganization = ({ account }: Book) => account.habits.vocabulary === 'organization';

/** Delivers what has happened, in this order. */
export function announce(script: BookScript, moments: readonly Moment[]): void {
  for (const moment of moments) announceMoment(script, moment);
}

function announceMoment(script: BookScript, moment: Moment): void {
  const { book } = script;
  switch (moment.kind) {
    case 'document-uploaded':
      documentUploaded(script, moment.document);
      break;
    case 'mixed-uploaded':
      mixedUploaded(script, book, moment.mixed);
      break;
    case 'mixed-rejected':
      mixedRejected(script, book, moment.mixed);
      break;
    case 'document-classified':
      documentClassified(script, moment.document, true);
      break;
    case 'document-unclassified':
      documentClassified(script, moment.document, false);
      break;
    case 'book-classified':
      bookClassified(script, book);
      break;
    case 'document-ended':
      documentEnded(script, moment.document);
      break;
    case 'image-group-ended':
      imageGroupEnded(script, book, moment.imageGroup);
      break;
    case 'book-verified':
      bookVerified(script, book);
      break;
    case 'analytics-generated':
      analyticsGenerated(script, book);
      break;
    case 'discrepancies-found':
      discrepanciesCompared(script, 'found');
      break;
    case 'discrepancies-not-found':
      discrepanciesCompared(script, 'not_found');
      break;
    case 'document-detected':
      documentDetected(script, moment.document);
      break;
    case 'book-detected':
      bookDetected(script, book);
      break;
    case 'income-calculated':
      incomeCalculated(script, book);
      break;
    case 'analytics-completed':
      requestCompleted(script, moment.request);
      break;
    case 'business-verified':
      businessVerified(script, book, moment.business);
      break;
    case 'suspicious-activity':
      suspiciousActivity(script, book);
      break;
    case 'book-completed':
      bookCompleted(script, book, moment.tasks);
      break;
  }
}

function documentUploaded(script: BookScript, document: Document): void {
  const { book, pk, uuid } = document;
  if (!speaksDotted(book)) return;
  const ids = `,"uploaded_doc_pk":${pk},"uploaded_doc_uuid":"${uuid}"`;
  organizationEvent(script, {
    eventName: 'document.upload_succeeded',
    reason: 'Document upload succeeded',
    more: ids,
    subject: uuid,
  });
}

function mixedUploaded(script: BookScript, book: Book, { pk, uuid }: Mixed): void {
  if (!speaksDotted(book)) return;
  const ids = `,"mixed_uploaded_doc_pk":${pk},"mixed_uploaded_doc_uuid":"${uuid}"`;
  organizationEvent(script, {
    eventName: 'document.upload_succeeded',
    reason: 'Document upload succeeded',
    more: ids,
    subject: uuid,
  });
}

function mixedRejected(script: BookScript, book: Book, { pk, uuid }: Mixed): void {
  if (!speaksDotted(book)) return;
  const ids = `,"status":"REJECTED","mixed_uploaded_doc_pk":${pk},"mixed_uploaded_doc_uuid":"${uuid}"`;
  const reason = 'Mixed document rejected: INVALID DOCUMENT';
  organizationEvent(script, {
    eventName: 'mixed_document.rejected',
    reason,
    more: ids,
    subject: uuid,
    kind: 'ISSUE',
  });
}

function documentClassified(script: BookScript, document: Document, succeeded: boolean): void {
  const { book, uuid } = document;
  if (!speaksDotted(book)) return;
  const ids = uploadIds(document);
  if (succeeded) {
    const more = `,"status":"CLASSIFIED"${ids}`;
    organizationEvent(script, {
      eventName: 'document.classification_succeeded',
      reason: 'Document classified',
      more,
      subject: uuid,
    });
  } else {
    const more = `,"status":"FAILED"${ids}`;
    organizationEvent(script, {
      eventName: 'document.classification_failed',
      reason: 'Not classified',
      more,
      subject: uuid,
      kind: 'ISSUE',
    });
  }
}

function bookClassified(script: BookScript, book: Book): void {
  if (!speaksDotted(book)) return;
  const docs = book.documents.length > 100 ? '' : uploadedDocs(book, () => 'CLASSIFIED');
  organizationEvent(script, {
    eventName: 'book.classified',
    reason: 'Book is classified',
    more: docs,
  });
}

function documentEnded(script: BookScript, document: Document): void {
  const { book, uuid, pk, status, rejectionReason } = document;
  const { random } = script;
  const failed = status === 'REJECTED' || status === 'FAILED';
  if (!isOrganization(book)) {
    const both = `,"uploaded_doc_pk":${pk},"uploaded_doc_uuid":"${uuid}"`;
    const ids = random.chance(0.1) ? `,"uploaded_doc_pk":${pk}` : both;
    legacyEvent(script, { eventName: 'DOC_VERIFIED', status, more: ids, subject: uuid });
    return;
  }
  if (failed) {
    const more = `,"status":"${status}"${uploadIds(document)}`;
    const reason = `Document rejected: ${rejectionReason}`;
    organizationEvent(script, {
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
  organizationEvent(script, {
    eventName: 'document.verification_succeeded',
    reason: 'Document verified',
    more,
    subject: uuid,
  });
}

function imageGroupEnded(script: BookScript, book: Book, group: ImageGroup): void {
  const ids = `,"uploaded_image_group_pk":${group.pk},"uploaded_image_group_uuid":"${group.uuid}"`;
  const status = group.isRejected ? 'REJECTED' : 'VERIFICATION_COMPLETE';
  if (!isOrganization(book)) {
    legacyEvent(script, { eventName: 'IMAGE_GROUP_VERIFIED', status, more: ids, subject: group.uuid });
    return;
  }
  const name = group.isRejected ? 'image_group.verification_failed' : 'image_group.verification_succeeded';
  const kind = group.isRejected ? 'ISSUE' : 'LOW';
  organizationEvent(script, {
    eventName: name,
    reason: 'Image group ended',
    more: `,"status":"${status}"${ids}`,
    subject: group.uuid,
    kind,
  });
}

function bookVerified(script: BookScript, book: Book): void {
  if (!isOrganization(book)) {
    legacyEvent(script, { eventName: 'BOOK_VERIFIED', status: 'BOOK_COMPLETE' });
    return;
  }
  const docs = uploadedDocs(book, ({ status }) =>
    status === 'VERIFICATION_COMPLETE' ? 'COMPLETED' : status,
  );
  organizationEvent(script, {
    eventName: 'book.verified',
    reason: 'Book is verified',
    more: docs,
    kind: 'MODERATE',
  });
}

function analyticsGenerated(script: BookScript, book: Book): void {
  if (!speaksDotted(book)) return;
  const isOdd = script.random.chance(0.05);
  const name = isOdd ? 'book.analytics_v2.completed' : 'book.analytics_v2.generated';
  organizationEvent(script, { eventName: name, reason: 'Book analytics generated' });
}

function discrepanciesCompared(script: BookScript, word: 'found' | 'not_found'): void {
  organizationEvent(script, {
    eventName: `book.pacing.discrepancies_${word}`,
    reason: 'Compared with Plaid',
  });
}

function documentDetected(script: BookScript, document: Document): void {
  if (document.book.account.without.has('signals')) return;
  const { detectOutcome, detect } = document;
  if (detect !== 'COMPLETED') detectEvent(script, document, 'unable');
  else detectEvent(script, document, detectOutcome === 'found' ? 'found' : 'not_found');
}

function bookDetected(script: BookScript, book: Book): void {
  if (!speaksDotted(book) || book.account.without.has('signals')) return;
  const isFound = book.documents.some(
    ({ detectOutcome, detect }) => detect === 'COMPLETED' && detectOutcome === 'found',
  );
  const name = isFound ? 'book.detect.signal_found' : 'book.detect.signal_not_found';
  organizationEvent(script, {
    eventName: name,
    reason: 'Detect ended',
    kind: isFound ? 'MODERATE' : 'LOW',
  });
}

function incomeCalculated(script: BookScript, book: Book): void {
  if (!speaksDotted(book) || book.account.without.has('income')) return;
  const name = book.income.revision === 1 ? 'book.income.generated' : 'book.income.updated';
  organizationEvent(script, { eventName: name, reason: 'Income calculated' });
}

/** The event carries the id of the request more often than not. */
function requestCompleted(script: BookScript, { book, id }: AnalyticsRequest): void {
  const more = script.random.chance(0.7) ? `,"analytics_request_id":"${id}"` : '';
  if (!isOrganization(book)) {
    legacyEvent(script, { eventName: 'ANALYTICS_COMPLETED', status: 'COMPLETED', more, subject: id });
    return;
  }
  organizationEvent(script, {
    eventName: 'book.analytics_completed',
    reason: 'Analytics completed',
    more,
    subject: id,
  });
}

/** The organization level has no word for it. */
function businessVerified(script: BookScript, book: Book, { uuid }: Business): void {
  if (isOrganization(book)) return;
  const more = script.random.chance(0.9) ? `,"business_uuid":"${uuid}"` : '';
  legacyEvent(script, { eventName: 'MIDDESK_VERIFIED', status: 'COMPLETED', more, subject: uuid });
}

function suspiciousActivity(script: BookScript, book: Book): void {
  if (!isOrganization(book)) legacyEvent(script, { eventName: 'SUSPICIOUS_ACTIVITY', status: 'COMPLETED' });
}

/** @param tasks for example `ANALYTICS` and `CAPTURE`. */
function bookCompleted(script: BookScript, book: Book, tasks: readonly string[]): void {
  if (!speaksDotted(book)) return;
  const names = tasks.map((task) => `"${task}"`).join(',');
  const more = `,"status":"BOOK_COMPLETE","book_name":"${book.name}","tasks":[${names}]${uploadedDocs(book, ({ status }) => status)}`;
  organizationEvent(script, {
    eventName: 'book.completed',
    reason: `Completed tasks: ${tasks.join(', ')}`,
    more,
    kind: 'MODERATE',
  });
}
