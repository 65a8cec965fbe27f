import type { AnalyticsRequest, Book, Business, Document, ImageGroup, Mixed, Vocabulary } from './book.ts';
import { bodyOf, type EventBody } from './event-bodies.ts';
import { lacks } from './versions.ts';

/** Something happened that Ocrolus announces. How depends on the vocabulary: `eventOf`. */
export type Moment =
  | {
      readonly kind:
        | 'document-uploaded'
        | 'document-classified'
        | 'document-unclassified'
        | 'document-ended'
        | 'document-detected';
      readonly book: Book;
      readonly document: Document;
    }
  | { readonly kind: 'mixed-uploaded' | 'mixed-rejected'; readonly book: Book; readonly mixed: Mixed }
  | { readonly kind: 'image-group-ended'; readonly book: Book; readonly imageGroup: ImageGroup }
  | { readonly kind: 'analytics-completed'; readonly book: Book; readonly request: AnalyticsRequest }
  | { readonly kind: 'business-verified'; readonly book: Book; readonly business: Business }
  | { readonly kind: 'book-completed'; readonly book: Book; readonly tasks: readonly string[] }
  | {
      readonly kind:
        | 'book-classified'
        | 'book-verified'
        | 'analytics-generated'
        | 'discrepancies-found'
        | 'discrepancies-not-found'
        | 'book-detected'
        | 'income-calculated'
        | 'suspicious-activity';
      readonly book: Book;
    };

/**
 * The event for a moment: an upper-case name, a dotted name, or in the mixed vocabulary a dotted name where there is no
 * upper-case one (docs/ocrolus.md#event-names).
 *
 * @returns `undefined` where the vocabulary has no word for it, or the contract lacks the product.
 */
export function eventOf(moment: Moment, vocabulary: Vocabulary) {
  const isDetect = moment.kind === 'document-detected' || moment.kind === 'book-detected';
  if (isDetect && lacks(moment.book, 'signals')) return undefined;
  if (moment.kind === 'income-calculated' && lacks(moment.book, 'income')) return undefined;
  const eventName = nameOf(moment, vocabulary);
  return eventName === undefined ? undefined : { eventName, body: bodyOf(eventName, moment) };
}

/** The body of any event about a book as it is now, whether it has happened or not. @throws Error for an unknown name. */
export function anyBody(book: Book, eventName: string): EventBody {
  const [document] = book.documents;
  const imageGroup = book.documents.find((one) => one.imageGroup !== undefined)?.imageGroup;
  const [[mixed], [request], [business]] = [book.mixed, book.requests, book.businesses];
  const tasks = ['ANALYTICS', 'CAPTURE', 'DETECT'];
  return bodyOf(eventName, { book, document, imageGroup, mixed, request, business, tasks });
}

const LEGACY: Partial<Record<Moment['kind'], string>> = {
  'document-ended': 'DOC_VERIFIED',
  'image-group-ended': 'IMAGE_GROUP_VERIFIED',
  'book-verified': 'BOOK_VERIFIED',
  'analytics-completed': 'ANALYTICS_COMPLETED',
  'business-verified': 'MIDDESK_VERIFIED',
  'suspicious-activity': 'SUSPICIOUS_ACTIVITY',
};

function nameOf(moment: Moment, vocabulary: Vocabulary): string | undefined {
  // Detect's events of documents have one name.
  if (vocabulary === 'organization' || moment.kind === 'document-detected') return dottedName(moment);
  return LEGACY[moment.kind] ?? (vocabulary === 'mixed' ? dottedName(moment) : undefined);
}

/** The organization level has no name for Middesk and suspicious activity. */
const DOTTED: Partial<Record<Moment['kind'], string>> = {
  'document-uploaded': 'document.upload_succeeded',
  'mixed-uploaded': 'document.upload_succeeded',
  'mixed-rejected': 'mixed_document.rejected',
  'document-classified': 'document.classification_succeeded',
  'document-unclassified': 'document.classification_failed',
  'book-classified': 'book.classified',
  'book-verified': 'book.verified',
  'analytics-generated': 'book.analytics_v2.generated',
  'analytics-completed': 'book.analytics_completed',
  'discrepancies-found': 'book.pacing.discrepancies_found',
  'discrepancies-not-found': 'book.pacing.discrepancies_not_found',
  'book-completed': 'book.completed',
};

function dottedName(moment: Moment): string | undefined {
  const { book } = moment;
  switch (moment.kind) {
    case 'document-ended': {
      const isFailed = moment.document.status === 'REJECTED' || moment.document.status === 'FAILED';
      return isFailed ? 'document.verification_failed' : 'document.verification_succeeded';
    }
    case 'image-group-ended':
      return `image_group.verification_${moment.imageGroup.isRejected ? 'failed' : 'succeeded'}`;
    case 'document-detected': {
      const { detect, detectOutcome } = moment.document;
      if (detect !== 'COMPLETED') return 'document.detect.unable_to_process';
      return detectOutcome === 'found' ? 'document.detect.signal_found' : 'document.detect.signal_not_found';
    }
    case 'book-detected': {
      const found = ({ detect, detectOutcome }: Book['documents'][number]) =>
        detect === 'COMPLETED' && detectOutcome === 'found';
      return book.documents.some(found) ? 'book.detect.signal_found' : 'book.detect.signal_not_found';
    }
    case 'income-calculated':
      return book.income.revision === 1 ? 'book.income.generated' : 'book.income.updated';
    default:
      return DOTTED[moment.kind];
  }
}
