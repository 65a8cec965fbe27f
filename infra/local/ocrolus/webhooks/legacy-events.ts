import type { Book } from '../state/book.ts';
import { integer } from '../state/json.ts';
import type { Moment } from '../state/moments.ts';
import { detectEvent } from './detect-event.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** The legacy envelope: `event`, `status`, ids (docs/ocrolus.md#event-fields). Shapes: `test/fixtures/events`. */
export function legacyEvent(moment: Moment, withRequestIds: boolean): WebhookEvent | undefined {
  const { book } = moment;
  switch (moment.kind) {
    case 'document-verified':
      return event('DOC_VERIFIED', moment.document.status, book, {
        uploaded_doc_pk: integer(moment.document.pk),
        uploaded_doc_uuid: moment.document.uuid,
      });
    case 'image-group-verified':
      return event(
        'IMAGE_GROUP_VERIFIED',
        moment.rejection === undefined ? 'VERIFICATION_COMPLETE' : 'REJECTED',
        book,
        {
          uploaded_image_group_pk: integer(moment.imageGroup.pk),
          uploaded_image_group_uuid: moment.imageGroup.uuid,
        },
      );
    case 'book-verified':
      return event('BOOK_VERIFIED', 'BOOK_COMPLETE', book);
    case 'analytics-completed':
      return event('ANALYTICS_COMPLETED', 'COMPLETED', book, {
        ...(withRequestIds && { analytics_request_id: moment.request.id }),
      });
    case 'business-verified':
      return event('MIDDESK_VERIFIED', 'COMPLETED', book, {
        ...(withRequestIds && { business_uuid: moment.business.uuid }),
      });
    case 'suspicious-activity':
      return event('SUSPICIOUS_ACTIVITY', 'COMPLETED', book);
    case 'document-detected':
      return detectEvent(book, moment.document);
    default:
      return undefined;
  }
}

function event(
  eventName: string,
  status: string,
  book: Book,
  more: Readonly<Record<string, unknown>> = {},
): WebhookEvent {
  const body = { event: eventName, status, book_pk: integer(book.pk), book_uuid: book.uuid, ...more };
  return { eventName, body };
}
