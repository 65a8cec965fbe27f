import type { AnalyticsRequest, Book, Business, Document, ImageGroup, Mixed } from './book.ts';

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
