import { type Book, type Document, listedDocuments } from '../state/book.ts';
import { integer, integerOrNull } from '../state/json.ts';
import type { Moment } from '../state/moments.ts';
import { detectEvent } from './detect-event.ts';
import type { WebhookEvent } from './webhook-event.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The current envelope (docs/ocrolus.md#event-fields). Shapes: `test/fixtures/events`. */
export function organizationEvent(moment: Moment, withRequestIds: boolean): WebhookEvent | undefined {
  const { book } = moment;
  switch (moment.kind) {
    case 'document-uploaded':
      return news('document.upload_succeeded', book, 'Document upload succeeded', {
        uploaded_doc_pk: integer(moment.document.pk),
        uploaded_doc_uuid: moment.document.uuid,
      });
    case 'document-classified':
      return news('document.classification_succeeded', book, 'Document classified', {
        status: 'CLASSIFIED',
        ...documentIds(moment.document),
      });
    case 'book-classified':
      return news('book.classified', book, 'Book is classified', {
        uploaded_docs: listedDocuments(book).map(({ uuid }) => ({ uuid, status: 'CLASSIFIED' })),
      });
    case 'document-verified':
      return documentVerified(book, moment.document);
    case 'image-group-verified':
      return imageGroupVerified(moment);
    case 'book-verified':
      return bookVerified(book);
    case 'analytics-generated':
      return news('book.analytics_v2.generated', book, 'Book analytics generated');
    case 'analytics-completed':
      return news('book.analytics_completed', book, 'Asynchronous analytics completed', {
        ...(withRequestIds && { analytics_request_id: moment.request.id }),
      });
    case 'document-detected':
      return detectEvent(book, moment.document);
    case 'book-detected':
      return bookDetected(book);
    case 'income-calculated':
      return book.incomeRevision === 1
        ? news('book.income.generated', book, 'Income calculation generated')
        : news('book.income.updated', book, 'Income calculation updated');
    case 'book-completed':
      return bookCompleted(book);
    // The organization level has no names for these (docs/ocrolus.md#event-names).
    case 'business-verified':
    case 'suspicious-activity':
      return undefined;
  }
}

export function news(eventName: string, book: Book, reason: string, more: Fields = {}): WebhookEvent {
  return {
    eventName,
    body: {
      event_name: eventName,
      severity: 'LOW',
      notification_type: 'STATUS',
      notification_reason: reason,
      book_pk: integer(book.pk),
      book_uuid: book.uuid,
      ...more,
    },
  };
}

export const ISSUE = { severity: 'HIGH', notification_type: 'ISSUE' };

export function documentIds(document: Document): Fields {
  return {
    doc_uuid: document.docUuid,
    uploaded_doc_pk: integer(document.pk),
    uploaded_doc_uuid: document.uuid,
    mixed_uploaded_doc_pk: integerOrNull(document.mixed?.pk),
    mixed_uploaded_doc_uuid: document.mixed?.uuid ?? null,
  };
}

function documentVerified(book: Book, document: Document): WebhookEvent {
  const ids = {
    status: document.status,
    ...documentIds(document),
    uploaded_image_group_pk: integerOrNull(document.imageGroup?.pk),
    uploaded_image_group_uuid: document.imageGroup?.uuid ?? null,
  };
  if (document.status !== 'REJECTED') {
    return news('document.verification_succeeded', book, 'Document verified', ids);
  }
  const reason = `Document rejected: ${document.rejection}`;
  return news('document.verification_failed', book, reason, { ...ids, ...ISSUE });
}

function imageGroupVerified(moment: Moment & { kind: 'image-group-verified' }): WebhookEvent {
  const { book, imageGroup, rejection } = moment;
  const ids = {
    uploaded_image_group_pk: integer(imageGroup.pk),
    uploaded_image_group_uuid: imageGroup.uuid,
  };
  if (rejection === undefined) {
    const status = 'VERIFICATION_COMPLETE';
    return news('image_group.verification_succeeded', book, 'Image group verified', { status, ...ids });
  }
  const reason = `Image group rejected: ${rejection}`;
  return news('image_group.verification_failed', book, reason, { status: 'REJECTED', ...ids, ...ISSUE });
}

/** The documented body: no `book_pk`, no `status`, and verified documents are COMPLETED. */
function bookVerified(book: Book): WebhookEvent {
  const eventName = 'book.verified';
  const uploaded_docs = listedDocuments(book).map(({ uuid, status }) => ({
    uuid,
    status: status === 'VERIFICATION_COMPLETE' ? 'COMPLETED' : status,
  }));
  return {
    eventName,
    body: {
      event_name: eventName,
      severity: 'MODERATE',
      uploaded_docs,
      notification_reason: 'Book is verified',
      notification_type: 'STATUS',
      book_uuid: book.uuid,
    },
  };
}

function bookDetected(book: Book): WebhookEvent {
  return book.documents.some(({ detect }) => detect === 'found')
    ? news('book.detect.signal_found', book, 'Signals found for book', { severity: 'MODERATE' })
    : news('book.detect.signal_not_found', book, 'No signals found for book');
}

function bookCompleted(book: Book): WebhookEvent {
  const tasks = ['ANALYTICS', 'CAPTURE', 'DETECT', ...(book.incomeRevision > 0 ? ['INCOME'] : [])];
  return news('book.completed', book, `Completed tasks: ${tasks.join(', ')}`, {
    status: 'BOOK_COMPLETE',
    severity: 'MODERATE',
    book_name: book.name,
    tasks,
    uploaded_docs: listedDocuments(book).map(({ uuid, status }) => ({ uuid, status })),
  });
}
