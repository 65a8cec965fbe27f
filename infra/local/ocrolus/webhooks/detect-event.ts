import type { Book, Document } from '../state/book.ts';
import { integer } from '../state/json.ts';
import type { WebhookEvent } from './webhook-event.ts';

const WORDS = {
  found: ['document.detect.signal_found', 'Detect signals found in document'],
  not_found: ['document.detect.signal_not_found', 'No detect signals found in document'],
  unable: [
    'document.detect.unable_to_process',
    'Document could not be processed by Detect: unsupported document type',
  ],
} as const;

/** The Detect event of a document: the same in both vocabularies, and without a severity. */
export function detectEvent(book: Book, document: Document): WebhookEvent | undefined {
  if (document.detect === 'pending') return undefined;
  const [eventName, reason] = WORDS[document.detect];
  return {
    eventName,
    body: {
      // The only status that the event is documented with; the document may have been rejected.
      status: 'VERIFICATION_COMPLETE',
      book_pk: integer(book.pk),
      book_name: book.name,
      book_uuid: book.uuid,
      event_name: eventName,
      uploaded_doc_pk: integer(document.pk),
      notification_type: 'STATUS',
      uploaded_doc_name: document.name,
      uploaded_doc_uuid: document.uuid,
      is_cloud_compliant: true,
      notification_reason: reason,
    },
  };
}
